import { follow, isArray, isIndex, isNullable, narrowing, stepInto, stepsOf } from '../../src/schemas/pointer.js';
import type { Located, Row } from '../../src/schemas/schema.js';
import { RESERVED, TAKEN, type Expression, type Sides } from './direction-names.js';
import { access, camel, identifier } from './output.js';
import { grouped, Tree } from './tree.js';

/**
 * Writes one of a table's two functions: the constants before it, the statements in it, and the object literal that it
 * makes.
 */
export class Direction {
  readonly #sides: Sides;
  readonly #out: boolean;
  readonly #constants: string[] = [];
  readonly #body: string[] = [];
  readonly #names = new Map<string, number>();

  constructor(sides: Sides, direction: 'out' | 'in') {
    this.#sides = sides;
    this.#out = direction === 'out';
  }

  write(): { constants: string; body: string; literal: string } {
    const { schemas, entity, other, at } = this.#sides;
    const tree = this.#out
      ? new Tree(schemas, other, at, this.#sides.front)
      : new Tree(schemas, entity, this.#sides.table.name);
    for (const [index, row] of this.#sides.table.rows.entries()) this.#add(tree, row, index);
    if (this.#out && this.#sides.front) this.#reserve(tree);
    if (!this.#out && !this.#sides.front) this.#fillUp(tree);
    const literal = tree.literal(
      (path, code) => this.#constant(path, code),
      (path, code) => this.#hoisted(path, code),
    );
    return { constants: this.#constants.join(''), body: this.#body.join(''), literal };
  }

  /**
   * What is added to a document after it was mapped has its place from the beginning: the object keeps its shape and
   * its order.
   */
  #reserve(tree: Tree): void {
    const { schemas, other } = this.#sides;
    const has = schemas.properties(schemas.target(other));
    for (const name of ['href', 'actions', 'link']) if (has.has(name) && !tree.has(name)) tree.add([name], 'undefined');
  }

  /**
   * An entity that a backend reads has all its properties from the beginning, so that all entities of a kind have one
   * shape: a backend sets what no table can say, and V8 need not make another object for that.
   */
  #fillUp(tree: Tree): void {
    const { schemas, entity } = this.#sides;
    const target = schemas.target(entity);
    const required = target.schema.required ?? [];
    for (const name of schemas.properties(target).keys())
      if (!required.includes(name) && !tree.has(name)) tree.add([name], 'undefined');
  }

  #hoisted(path: readonly string[], code: string): string {
    const name = camel([this.#sides.table.name, 'fixed', ...path.map(identifier)].join('_'));
    this.#constants.push(`const ${name} = ${code};\n`);
    return name;
  }

  #add(tree: Tree, row: Row, index: number): void {
    if (row.model === undefined && row.constant === undefined && row.href === undefined) return;
    if (row.direction !== undefined && row.direction !== 'both' && row.direction !== (this.#out ? 'out' : 'in')) return;
    const pointers = [row.other ?? []].flat();
    if (row.cases) {
      if (!this.#out) tree.add(this.#modelPath(row), this.#cases(row, index, pointers));
      return;
    }
    const steps = stepsOf(pointers[0] ?? '');
    const star = steps.indexOf('*');
    const [head, rest] = star < 0 ? [steps, undefined] : [steps.slice(0, star), steps.slice(star + 1)];
    if (this.#out) {
      if (row.constant !== undefined) tree.add(head, JSON.stringify(row.constant), { always: true, fixed: true });
      else if (row.model === undefined) tree.add(head, this.#path(row.href ?? '', undefined));
      else if (row.convert === 'ref' && rest === undefined && !this.#isList(row)) this.#addReference(tree, row, head);
      else tree.add(head, this.#outward(row, index, steps, rest), { always: row.default !== undefined });
    } else if (row.model !== undefined) {
      const path = this.#modelPath(row);
      const code = this.#inward(row, index, head, rest);
      // A list's first item alone is a list of one.
      if (path.at(-1) === '0') tree.add(path.slice(0, -1), `v.one(${code})`);
      else tree.add(path, code);
    }
  }

  /** Property by property, so that other rows may add to the same object. */
  #addReference(tree: Tree, row: Row, path: readonly string[]): void {
    const { schemas, entity, other } = this.#sides;
    const held = this.#constant(
      ['given', ...this.#modelPath(row)],
      this.#read('entity', entity, this.#modelPath(row)).code,
    );
    for (const [name, code] of this.#referenceParts(row, held, follow(schemas, other, path) ?? other, '?.'))
      tree.add([...path, name], code, { tested: name !== 'href' });
  }

  #isList(row: Row): boolean {
    const { schemas, entity } = this.#sides;
    const model = follow(schemas, entity, this.#modelPath(row));
    return model !== undefined && isArray(schemas, model);
  }

  #modelPath = (row: Row): string[] => (row.model ?? '').split('.');

  #withDefault = (code: string, row: Row): string =>
    row.default === undefined ? code : `${grouped(code)} ?? ${JSON.stringify(row.default)}`;

  #cases(row: Row, index: number, pointers: readonly string[]): string {
    const values = pointers.map((pointer) => this.#read('doc', this.#sides.other, stepsOf(pointer)).code);
    const name = `${camel(this.#sides.table.name)}Cases${index}`;
    this.#constants.push(`const ${name} = v.matcher(${JSON.stringify(row.cases)});\n`);
    return `${name}(${values.join(', ')})`;
  }

  #outward(row: Row, index: number, steps: readonly string[], rest: readonly string[] | undefined): string {
    const { schemas, entity, other } = this.#sides;
    const source = this.#read('entity', entity, this.#modelPath(row));
    const target = follow(schemas, other, steps);
    const from = rest === undefined ? source.of : (stepInto(schemas, source.of, '*')?.to ?? source.of);
    const change = this.#change(row, index, target ?? other, from);
    if (rest === undefined) return this.#withDefault(this.#apply(row, source, change), row);
    const wrap = rest.reduceRight(
      (code, step) => `{ ${/^[A-Za-z_$][\w$]*$/.test(step) ? step : JSON.stringify(step)}: ${code} }`,
      'x',
    );
    const items = this.#withDefault(
      change === undefined ? source.code : `v.present(${source.code}?.map((x) => ${change('x')}))`,
      row,
    );
    return rest.length === 0 ? items : `(${items})${row.default === undefined ? '?' : ''}.map((x) => (${wrap}))`;
  }

  #inward(row: Row, index: number, head: readonly string[], rest: readonly string[] | undefined): string {
    const { schemas, entity, other } = this.#sides;
    const source = this.#read('doc', other, head);
    const target = follow(schemas, entity, this.#modelPath(row)) ?? entity;
    if (rest === undefined) return this.#apply(row, source, this.#change(row, index, target, source.of));
    const item = stepInto(schemas, source.of, '*')?.to ?? source.of;
    const inner = rest.length === 0 ? { code: 'x', of: item } : this.#read('x', item, rest);
    const change = this.#change(row, index, stepInto(schemas, target, '*')?.to ?? target, inner.of);
    const one = change === undefined ? inner.code : `${inner.code} == null ? undefined : ${change(inner.code)}`;
    return `v.present(v.many(${source.code})?.map((x) => ${one}))`;
  }

  /** Reads a path, with `?.` wherever something may be missing. */
  #read(root: string, from: Located, steps: readonly string[]): Expression {
    const { schemas } = this.#sides;
    let code = root;
    let of = from;
    for (const [i, step] of steps.entries()) {
      const next = stepInto(schemas, of, step);
      if (!next) throw new Error(`${this.#sides.folder}: ${this.#sides.table.name}: nothing at ${steps.join('/')}`);
      const holder = next.mixed && !isIndex(step) ? `v.object(${code})` : code;
      code = holder + access(step, i > 0 || holder !== code || next.nullable);
      of = next.to;
    }
    return { code, of };
  }

  /** The value as it is, or changed where it is there; lists item by item where a row speaks of items. */
  #apply(row: Row, source: Expression, change: ((x: string) => string) | undefined): string {
    const { schemas } = this.#sides;
    if (change === undefined) return isNullable(schemas, source.of) ? `${source.code} ?? undefined` : source.code;
    const itemwise =
      (row.table !== undefined || row.convert === 'ref' || row.values !== undefined) && isArray(schemas, source.of);
    if (itemwise) {
      const items = `${this.#out ? source.code : `v.many(${source.code})`}?.map((x) => ${change('x')})`;
      return row.values === undefined && row.convert !== 'ref' ? items : `v.present(${items})`;
    }
    const held = this.#constant(
      ['given', ...identifier(source.code.replace(/^(entity|doc)/, '')).split('_')],
      source.code,
    );
    return `${held} == null ? undefined : ${change(held)}`;
  }

  /** How one value of a row is changed on its way; undefined when it stays as it is. */
  #change(row: Row, index: number, target: Located, source: Located): ((x: string) => string) | undefined {
    const { table } = this.#sides;
    const way = this.#out ? 'out' : 'in';
    if (row.table !== undefined) {
      const name = camel(row.table);
      if (this.#out) return (x) => `${name}Out(${x}, context)`;
      return (x) =>
        `v.keep(lost, ${name}In(${x}, context, \`\${at}.${stepsOf([row.other ?? ''].flat()[0]!)
          .filter((step) => !isIndex(step))
          .join('.')}\`))`;
    }
    if (row.values) {
      const name = `${camel(table.name)}Values${index}`;
      if (this.#out || row.direction === 'in')
        this.#constants.push(`const ${name} = ${this.#pairs(row, this.#out ? source : target)} as const;\n`);
      return (x) => `v.${this.#out ? 'forward' : 'backward'}(${name}, ${x})`;
    }
    if (row.convert === 'ref')
      return this.#out
        ? (x) =>
            `({ ${this.#referenceParts(row, x, target, '.')
              .map(([name, code]) => `${name}: ${code}`)
              .join(', ')} })`
        : (x) => `v.ref(${x})`;
    if (row.convert === undefined) {
      const words = narrowing(this.#sides.schemas, source, target);
      return words && ((x) => `v.word(${JSON.stringify(words)}, ${x})`);
    }
    if (row.args === undefined) return (x) => `converters[${JSON.stringify(row.convert)}].${way}(${x})`;
    const name = `${camel(table.name)}Converter${index}`;
    if (this.#out || row.direction === 'in')
      this.#constants.push(`const ${name} = factories[${JSON.stringify(row.convert)}](${JSON.stringify(row.args)});\n`);
    return (x) => `${name}.${way}(${x})`;
  }

  /** `values` as pairs: JSON's keys are strings, the model's values may be booleans or numbers. */
  #pairs(row: Row, model: Located): string {
    const { schemas } = this.#sides;
    const item = isArray(schemas, model) ? (stepInto(schemas, model, '*')?.to ?? model) : model;
    const literal = ['boolean', 'integer', 'number'].includes(String(schemas.target(item).schema.type));
    return `[${Object.entries(row.values ?? {})
      .map(([value, other]) => `[${literal ? value : JSON.stringify(value)}, ${JSON.stringify(other)}]`)
      .join(', ')}]`;
  }

  /**
   * A reference as engines write it: href and id; the name only where there is no id. `dot`: how `x` is looked into.
   */
  #referenceParts(row: Row, x: string, target: Located, dot: '.' | '?.'): [name: string, code: string][] {
    const { schemas } = this.#sides;
    const one = isArray(schemas, target) ? (stepInto(schemas, target, '*')?.to ?? target) : target;
    const has = schemas.properties(schemas.target(one));
    return [
      ...(row.href !== undefined && has.has('href')
        ? [['href', this.#path(row.href, x, dot)] as [string, string]]
        : []),
      ['id', `${x}${dot}id`],
      ...(has.has('name')
        ? [['name', `${x}${dot}id === undefined ? ${x}${dot}name : undefined`] as [string, string]]
        : []),
    ];
  }

  /**
   * An href: `{id}` is the reference's (or the entity's, without one), `{vm.id}` the entity's. Undefined when one of
   * them is missing.
   */
  #path(template: string, x: string | undefined, dot: '.' | '?.' = '.'): string {
    const used: string[] = [];
    const text = template.replace(/\{([^}]+)\}/g, (_, name: string) => {
      const code =
        x !== undefined && !name.includes('.')
          ? `${x}${dot}${name}`
          : this.#read('entity', this.#sides.entity, name.split('.')).code;
      used.push(code);
      return `\${encodeURIComponent(${code})}`;
    });
    const whole = `\`\${context.base}${text}\``;
    return used.length === 0
      ? whole
      : `${used.map((code) => `${code} === undefined`).join(' || ')} ? undefined : ${whole}`;
  }

  /** Declares a constant; returns its name. */
  #constant(path: readonly string[], code: string): string {
    const requested = camel(
      path
        .map(identifier)
        .filter((step) => step !== '')
        .join('_')
        .replace(/_+/g, '_')
        .replace(/_$/, ''),
    );
    const free = TAKEN.has(requested) || RESERVED.has(requested) ? `${requested}_` : requested;
    const count = (this.#names.get(free) ?? 0) + 1;
    this.#names.set(free, count);
    const name = count === 1 ? free : `${free}${count}`;
    this.#body.push(`  const ${name} = ${code};\n`);
    return name;
  }
}
