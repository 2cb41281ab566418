import type { XmlElement } from './element.js';
import type { ElementWriter, Kind } from './kinds.js';
import { itemsOf, repeatedWriter } from './pattern.js';
import * as r from './read.js';
import type { Unknown } from './representation.js';
import type { TableField } from './table.js';
import * as w from './write.js';

export type Value = Record<string, unknown>;

/** What one field does in each of the four directions. `at`: the path of what holds it. */
export interface Plan {
  readonly name: string;
  /** Its place among the fields of its type. */
  readonly index: number;
  readonly field: TableField;
  readonly fromElement: (value: Value, element: XmlElement, at: string, unknown: Unknown) => void;
  readonly fromKey: (value: Value, json: unknown, at: string, unknown: Unknown) => void;
  readonly toElement: ElementWriter;
  readonly toKey: (value: unknown) => unknown;
}

export interface Compiled {
  readonly readXml: (element: XmlElement, at: string, unknown: Unknown) => Value;
  readonly readJson: (json: unknown, at: string, unknown: Unknown) => Value;
  /** `tag`: the element's tag at that depth, as `tags` of write.ts gives it. */
  readonly writeXml: (value: Value, element: string, depth: number, tag?: string) => string;
  readonly writeJson: (value: Value) => unknown;
}

/** href, id, rel, then as declared (docs/reference/ovirt.md, section 7: fence_rhevm needs something before `id`). */
const ATTRIBUTE_ORDER = ['href', 'id', 'rel'];

const rank = ({ name }: Plan): number =>
  ATTRIBUTE_ORDER.includes(name) ? ATTRIBUTE_ORDER.indexOf(name) : ATTRIBUTE_ORDER.length;

/** How many sequences of names are remembered of a type. */
const MOST_ORDERS = 8;

/** The plans of the values of a type, in its order, by the sequence of names in which a value holds them. */
class Orders {
  readonly #known: { readonly names: readonly string[]; readonly plans: readonly Plan[] }[] = [];

  constructor(private readonly plans: ReadonlyMap<string, Plan>) {}

  of(value: Value): readonly Plan[] {
    for (const { names, plans } of this.#known) if (hasNames(value, names)) return plans;
    const names = Object.keys(value);
    const plans = names.flatMap((name) => this.plans.get(name) ?? []).sort((a, b) => a.index - b.index);
    if (this.#known.length >= MOST_ORDERS) this.#known.shift();
    this.#known.push({ names, plans });
    return plans;
  }
}

/** Whether the value has these names, in this sequence, and no others. */
function hasNames(value: Value, names: readonly string[]): boolean {
  let at = 0;
  for (const name in value) {
    if (name !== names[at]) return false;
    at += 1;
  }
  return at === names.length;
}

export function compileType(plans: readonly Plan[], kindOf: (field: TableField) => Kind): Compiled {
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  const children = new Map(plans.filter(({ field }) => !field.text).map((plan) => [plan.name, plan]));
  const attributes = plans
    .filter(({ field }) => field.attribute)
    .sort((a, b) => rank(a) - rank(b))
    .map((plan) => ({ ...plan, ...kindOf(plan.field), lead: ` ${plan.name}="` }));
  const attributesByName = new Map(attributes.map((plan) => [plan.name, plan]));
  const textPlan = plans.find(({ field }) => field.text);
  const text = textPlan && { name: textPlan.name, ...kindOf(textPlan.field) };
  const content = new Map(
    plans.filter(({ field }) => !field.attribute && !field.text).map((plan) => [plan.name, plan]),
  );
  const contentOrders = new Orders(content);
  const keyOrders = new Orders(byName);
  /** Whether a value was met whose names are not in the order of the type. */
  let isMixed = false;

  function readXml(element: XmlElement, at: string, unknown: Unknown): Value {
    const value: Value = {};
    for (const [name, raw] of element.attributes) {
      const plan = attributesByName.get(name);
      if (plan) value[name] = plan.fromText(raw, `${at}.@${name}`);
      else unknown.add(`${at}.@${name}`);
    }
    for (const child of element.children) {
      const plan = children.get(child.name);
      if (plan) plan.fromElement(value, child, at, unknown);
      else unknown.add(`${at}.${child.name}`);
    }
    if (!text) r.noText(element, at, unknown);
    else if (/\S/.test(element.text)) value[text.name] = text.fromText(element.text, at);
    return value;
  }

  function readJson(json: unknown, at: string, unknown: Unknown): Value {
    const value: Value = {};
    for (const [key, held] of r.jsonObject(json, at)) {
      const plan = byName.get(key);
      if (plan) plan.fromKey(value, held, at, unknown);
      else unknown.add(`${at}.${key}`);
    }
    return value;
  }

  function writeXml(value: Value, element: string, depth: number, tag = `${w.pad(depth)}<${element}`): string {
    let head = '';
    for (const plan of attributes) {
      const held = value[plan.name];
      if (held !== undefined) head += `${plan.lead}${plan.toAttribute(held)}"`;
    }
    if (content.size === 0 && !text) return `${tag}${head}/>\n`;
    if (!text) return w.element(tag, element, head, contentOf(value, depth + 1), depth);
    const own = value[text.name];
    return own === undefined ? `${tag}${head}/>\n` : `${tag}${head}>${text.toText(own)}</${element}>\n`;
  }

  /**
   * The elements of a value. The loop is over the properties of the value, not the fields of the type: a VM has 100
   * fields and 40 values. Mappers write their literals in the order of the elements, but what is added to them comes
   * last: from the first such value on, the order of a type's values is looked up before. Writing until a name is out
   * of order, and then again, took a fifth of a list.
   */
  function contentOf(value: Value, depth: number): string {
    if (isMixed) return sortedContent(value, depth);
    let written = '';
    let last = -1;
    for (const name in value) {
      const plan = content.get(name);
      if (plan === undefined) continue;
      if (plan.index < last) {
        isMixed = true;
        return sortedContent(value, depth);
      }
      last = plan.index;
      const held = value[name];
      if (held !== undefined) written += plan.toElement(held, depth);
    }
    return written;
  }

  function sortedContent(value: Value, depth: number): string {
    let written = '';
    for (const { name, toElement } of contentOrders.of(value)) {
      const held = value[name];
      if (held !== undefined) written += toElement(held, depth);
    }
    return written;
  }

  function writeJson(value: Value): Value {
    const json: Value = {};
    for (const { name, toKey } of keyOrders.of(value)) {
      const held = value[name];
      const written = held === undefined ? undefined : toKey(held);
      if (written !== undefined) json[name] = written;
    }
    return json;
  }

  return { readXml, readJson, writeXml, writeJson };
}

export function planOf(field: TableField, index: number, kind: Kind): Plan {
  const { name, item } = field;
  const write = kind.toElement(field.list === 'wrapped' ? item : name);
  const common = { name, index, field };
  const toJsons = (values: readonly unknown[]): unknown[] => values.map((value) => kind.toJson(value));
  const repeated = repeatedWriter(write);
  if (field.list === 'repeated')
    return {
      ...common,
      fromElement(value, element, at, unknown) {
        ((value[name] ??= []) as unknown[]).push(kind.fromElement(element, `${at}.${name}`, unknown));
      },
      fromKey(value, json, at, unknown) {
        const path = `${at}.${name}`;
        value[name] = r.jsonArray(json, path).map((held) => kind.fromJson(held, path, unknown));
      },
      toElement: repeated,
      toKey(value) {
        const items = itemsOf(value as unknown[]);
        return items.length > 0 ? toJsons(items) : undefined;
      },
    };
  if (field.list === 'wrapped') {
    const tag = w.tags(name);
    return {
      ...common,
      fromElement(value, element, at, unknown) {
        const path = `${at}.${name}`;
        const inner = `${path}.${item}`;
        unknown.once(value[name], path);
        value[name] = r.wrapped(element, item, path, unknown).map((held) => kind.fromElement(held, inner, unknown));
      },
      fromKey(value, json, at, unknown) {
        const path = `${at}.${name}`;
        const inner = `${path}.${item}`;
        value[name] = r.jsonWrapped(json, item, path, unknown).map((held) => kind.fromJson(held, inner, unknown));
      },
      toElement(value, depth) {
        let inner = '';
        for (const held of value as unknown[]) inner += write(held, depth + 1);
        return w.element(tag(depth), name, '', inner, depth);
      },
      toKey: (value) => ((value as unknown[]).length > 0 ? { [item]: toJsons(value as unknown[]) } : {}),
    };
  }
  return {
    ...common,
    fromElement(value, element, at, unknown) {
      const path = `${at}.${name}`;
      unknown.once(value[name], path);
      value[name] = kind.fromElement(element, path, unknown);
    },
    fromKey(value, json, at, unknown) {
      value[name] = kind.fromJson(json, `${at}.${name}`, unknown);
    },
    toElement: write,
    toKey: (value) => kind.toJson(value),
  };
}

/** A process never meets most documents of a version: a type is compiled when it is first used. */
export function lazily(compile: () => Compiled): Compiled {
  let compiled: Compiled | undefined;
  const get = (): Compiled => (compiled ??= compile());
  return {
    readXml: (element, at, unknown) => get().readXml(element, at, unknown),
    readJson: (json, at, unknown) => get().readJson(json, at, unknown),
    writeXml: (value, element, depth) => get().writeXml(value, element, depth),
    writeJson: (value) => get().writeJson(value),
  };
}
