import { isArray, stepInto } from '../../src/schemas/pointer.js';
import type { Located } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';
import { key } from './output.js';

/**
 * `always`: it has a value whatever the source holds. `tested`: its absence may mean that its object is empty. `fixed`:
 * it has the same value in every document.
 */
interface Leaf {
  code: string;
  always: boolean;
  tested: boolean;
  fixed: boolean;
}
interface Branch {
  readonly children: Map<string, Leaf | Branch>;
}

/**
 * Code, and the names to test for whether there is anything in it: undefined when there always is. `plain`: the code
 * without that test.
 */
interface Made {
  code: string;
  tests: string[] | undefined;
  plain?: string;
}
type Declare = (path: readonly string[], code: string) => string;
interface Declares {
  readonly constant: Declare;
  readonly hoist: Declare;
}

/** In brackets, unless it is a name, a path or a literal. */
export const grouped = (code: string): string => (/^[\w.?$[\]"']+$/.test(code) ? code : `(${code})`);

const isLeaf = (node: Leaf | Branch): node is Leaf => 'code' in node;

/** Whether nothing in it depends on the source. Lists are left out: a frozen one has another type. */
const isFixed = (node: Leaf | Branch): boolean =>
  isLeaf(node) ? node.fixed && !node.code.startsWith('[') : [...node.children.values()].every(isFixed);

/**
 * The value that a mapper makes, as a tree of expressions; written as nested object literals, where a part that has
 * nothing in it is undefined.
 */
export class Tree {
  readonly #root: Branch = { children: new Map() };

  constructor(
    private readonly schemas: Schemas,
    private readonly of: Located,
    private readonly at: string,
    /** Whether its properties are written in the order of the schema, or in that of the rows. */
    private readonly ordered = false,
  ) {}

  /** Where two rows write one place, the last that has a value wins. */
  add(
    path: readonly string[],
    code: string,
    { always = false, tested = true, fixed = false }: Partial<Omit<Leaf, 'code'>> = {},
  ): void {
    let branch = this.#root;
    for (const step of path.slice(0, -1)) {
      const next = branch.children.get(step) ?? { children: new Map() };
      if (isLeaf(next)) throw new Error(`${this.at}: ${path.join('/')} lies inside of another row's value`);
      branch.children.set(step, next);
      branch = next;
    }
    const last = path.at(-1) ?? '';
    const before = branch.children.get(last);
    if (before === undefined) branch.children.set(last, { code, always, tested, fixed });
    else if (isLeaf(before))
      Object.assign(before, {
        code: `${grouped(code)} ?? ${grouped(before.code)}`,
        always: before.always || always,
        fixed: false,
      });
    else throw new Error(`${this.at}: ${path.join('/')} holds other rows' values`);
  }

  /** Whether something is said of a property of the whole. */
  has(name: string): boolean {
    return this.#root.children.has(name);
  }

  /** `constant` declares one and returns its name; so does `hoist`, outside of the function. */
  literal(constant: Declare, hoist: Declare): string {
    return this.#object(this.#root, this.of, [], { constant, hoist }, '  ').code;
  }

  #object(branch: Branch, of: Located | undefined, path: readonly string[], to: Declares, indent: string): Made {
    let tests: string[] | undefined = [];
    const list = of !== undefined && isArray(this.schemas, of);
    const parts: string[] = [];
    for (const [name, child] of this.#inOrder(branch, of)) {
      const step = of && stepInto(this.schemas, of, name);
      const here = [...path, name];
      const created = isLeaf(child)
        ? this.#leaf(child, here, to.constant)
        : this.#branch(child, step?.to, here, to, `${indent}  `);
      tests = tests === undefined || created.tests === undefined ? undefined : [...tests, ...created.tests];
      const whole = list && branch.children.size === 1 ? (created.plain ?? created.code) : created.code;
      const code =
        step?.required && created.tests !== undefined
          ? `v.required(${created.code}, ${JSON.stringify([this.at, ...here].join('.'))})`
          : whole;
      parts.push(list ? code : code === name ? name : `${key(name)}: ${code}`);
    }
    if (list) return { code: parts.length === 1 ? `[${parts[0]!}]` : `v.present([${parts.join(', ')}])`, tests };
    const code =
      path.length === 0
        ? `{\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}}`
        : `{ ${parts.join(', ')} }`;
    return { code, tests };
  }

  /** In the order of the schema, in which writers need no sorting: a list of VMs is written 1.2 times as fast. */
  #inOrder(branch: Branch, of: Located | undefined): (readonly [string, Leaf | Branch])[] {
    if (!this.ordered || of === undefined) return [...branch.children];
    const names = [...this.schemas.properties(this.schemas.target(of)).keys()];
    const rank = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
    return [...branch.children].sort(([a], [b]) => rank(a) - rank(b));
  }

  #branch(branch: Branch, of: Located | undefined, path: readonly string[], to: Declares, indent: string): Made {
    if (this.ordered && isFixed(branch)) return { code: this.#fixed(branch, of, path, to.hoist), tests: undefined };
    const { code, tests } = this.#object(branch, of, path, to, indent);
    if (tests === undefined || tests.length === 0) return { code, tests };
    return {
      plain: code,
      code: `${tests.map((name) => `${name} === undefined`).join(' && ')} ? undefined : ${code}`,
      tests,
    };
  }

  /** The same object for every document: writers make its text once. */
  #fixed(branch: Branch, of: Located | undefined, path: readonly string[], hoist: Declare): string {
    const frozen = (node: Leaf | Branch, at: Located | undefined): string => {
      if (isLeaf(node)) return node.code;
      const parts = this.#inOrder(node, at).map(
        ([name, child]) => `${key(name)}: ${frozen(child, at && stepInto(this.schemas, at, name)?.to)}`,
      );
      return `Object.freeze({ ${parts.join(', ')} })`;
    };
    return hoist(path, frozen(branch, of));
  }

  /** At the top nothing has to be tested, so the expression stands where it is used. */
  #leaf(leaf: Leaf, path: readonly string[], constant: Declare): Made {
    if (leaf.always) return { code: leaf.code, tests: undefined };
    if (path.length === 1) return { code: leaf.code, tests: [] };
    const name = constant(path, leaf.code);
    return { code: name, tests: leaf.tested ? [name] : [] };
  }
}
