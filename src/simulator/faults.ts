import { isObject, type JsonObject } from './json.js';
import type { Random } from './random.js';

/** The services of the simulated clouds; the last two are those of Power Virtual Server. */
const SERVICES = ['identity', 'compute', 'volume', 'network', 'image', 'metric', 'iam', 'pcloud'] as const;
export type FaultService = (typeof SERVICES)[number];

/**
 * A rule that makes calls or running work fail. All conditions must be met; a rule without conditions matches every
 * call. `nth` selects one of the matching calls, counted from 1; `count` is the number of times that the rule takes
 * effect.
 */
export interface FaultRule {
  readonly service?: FaultService;
  readonly method?: string;
  /** Regular expression on the path below the service's endpoint, with its query. */
  readonly path?: string;
  /**
   * Instead of a call: running work. A regular expression on `<kind> <id of the record>`, such as `^server\.restore`.
   */
  readonly work?: string;
  /**
   * 0 to 1.
   *
   * @minimum 0
   * @maximum 1
   */
  readonly probability?: number;
  /** @asType integer @minimum 1 */
  readonly nth?: number;
  /** @asType integer @minimum 1 */
  readonly count?: number;
  readonly then: FaultEffect;
}

export interface FaultEffect {
  /**
   * Answer with this status, and this body or the service's own error. The call is not executed, unless `after` is
   * true.
   *
   * @asType integer
   * @minimum 200
   * @maximum 599
   */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly after?: boolean;
  /**
   * Wait before anything else, milliseconds of real time.
   *
   * @minimum 0
   */
  readonly delayMs?: number;
  /** Destroy the connection before or after executing the call. */
  readonly cut?: 'before' | 'after';
  /** For `work`: it fails with this message. */
  readonly fail?: string;
}

export interface ActiveFault extends FaultRule {
  readonly id: number;
  readonly seen: number;
  readonly fired: number;
}

interface Entry {
  readonly id: number;
  readonly rule: FaultRule;
  readonly path: RegExp | undefined;
  readonly work: RegExp | undefined;
  seen: number;
  fired: number;
}

const CONDITIONS = {
  service: 'string',
  method: 'string',
  path: 'string',
  work: 'string',
  probability: 'number',
  nth: 'number',
  count: 'number',
  then: 'object',
} as const;
const EFFECTS = {
  status: 'number',
  body: undefined,
  headers: 'object',
  after: 'boolean',
  delayMs: 'number',
  cut: 'string',
  fail: 'string',
} as const;

/** What a number may be. */
interface Bounds {
  readonly whole: boolean;
  readonly least: number;
  readonly most: number;
}

const RULE_BOUNDS: Readonly<Record<string, Bounds>> = {
  probability: { whole: false, least: 0, most: 1 },
  nth: { whole: true, least: 1, most: Infinity },
  count: { whole: true, least: 1, most: Infinity },
};
const EFFECT_BOUNDS: Readonly<Record<string, Bounds>> = {
  status: { whole: true, least: 200, most: 599 },
  delayMs: { whole: false, least: 0, most: Infinity },
};

function checkBounds(value: JsonObject, bounds: Readonly<Record<string, Bounds>>, where: string): void {
  for (const [key, { whole, least, most }] of Object.entries(bounds)) {
    const given = value[key];
    if (typeof given !== 'number' || (given >= least && given <= most && (!whole || Number.isInteger(given)))) continue;
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new TypeError(`${where}: ${key} is a ${whole ? 'whole ' : ''}number ${range}, not ${given}.`);
  }
}

function checkFields(value: JsonObject, fields: Readonly<Record<string, string | undefined>>, where: string): void {
  for (const [key, given] of Object.entries(value)) {
    if (!(key in fields))
      throw new TypeError(`${where} has no field ${key}; it may have ${Object.keys(fields).join(', ')}.`);
    if (given !== undefined && fields[key] !== undefined && typeof given !== fields[key])
      throw new TypeError(`${where}: ${key} is a ${fields[key]}.`);
  }
}

/** Throws a TypeError that names what is wrong. */
export function parseFaultRule(value: unknown): FaultRule {
  if (!isObject(value) || !isObject(value.then))
    throw new TypeError('A fault rule is an object with an object named then.');
  checkFields(value, CONDITIONS, 'A fault rule');
  checkFields(value.then, EFFECTS, 'then of a fault rule');
  checkBounds(value, RULE_BOUNDS, 'A fault rule');
  checkBounds(value.then, EFFECT_BOUNDS, 'then of a fault rule');
  if (value.service !== undefined && !SERVICES.some((name) => name === value.service))
    throw new TypeError(`service of a fault rule is one of ${SERVICES.join(', ')}.`);
  if (value.then.cut !== undefined && value.then.cut !== 'before' && value.then.cut !== 'after')
    throw new TypeError('cut of a fault rule is before or after.');
  if ((value.work === undefined) !== (value.then.fail === undefined))
    throw new TypeError('work and fail of a fault rule belong together.');
  return value as unknown as FaultRule;
}

/** The rules in force. */
export class FaultRules {
  #entries: Entry[] = [];
  #next = 1;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Returns the rule's number. Throws a TypeError for a bad rule, a SyntaxError for a bad expression. */
  add(rule: FaultRule): number {
    const { path, work } = parseFaultRule(rule);
    const entry = {
      id: this.#next++,
      rule,
      path: path === undefined ? undefined : new RegExp(path),
      work: work === undefined ? undefined : new RegExp(work),
      seen: 0,
      fired: 0,
    };
    this.#entries.push(entry);
    return entry.id;
  }

  remove(id: number): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  replace(rules: readonly JsonObject[]): void {
    this.clear();
    for (const rule of rules) this.add(parseFaultRule(rule));
  }

  /** As plain data, without their counters. */
  rules(): FaultRule[] {
    return this.#entries.map(({ rule }) => rule);
  }

  list(): ActiveFault[] {
    return this.#entries.map(({ rule, id, seen, fired }) => ({ ...rule, id, seen, fired }));
  }

  /** The effect on this call: of the first rule that fires. */
  effect(service: string, method: string, path: string): FaultEffect | undefined {
    const fits = ({ rule, path: pattern, work }: Entry): boolean =>
      work === undefined &&
      (rule.service ?? service) === service &&
      (rule.method ?? method).toUpperCase() === method &&
      (pattern?.test(path) ?? true);
    return this.#fire(fits)?.then;
  }

  /** The message with which this work fails; undefined if it does not. */
  failure(kind: string, id: string): string | undefined {
    return this.#fire(({ work }) => work?.test(`${kind} ${id}`) ?? false)?.then.fail;
  }

  #fire(fits: (entry: Entry) => boolean): FaultRule | undefined {
    for (const entry of this.#entries) {
      const { rule } = entry;
      if (!fits(entry) || entry.fired >= (rule.count ?? Infinity)) continue;
      entry.seen += 1;
      if (rule.nth !== undefined && entry.seen !== rule.nth) continue;
      if (rule.probability !== undefined && this.#random.next() >= rule.probability) continue;
      entry.fired += 1;
      return rule;
    }
    return undefined;
  }
}
