import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isSettings } from '../generated/settings-check.js';
import type { Settings } from '../generated/settings.js';
import { typeInWords } from '../validator.js';
import { brokenRules } from './rules.js';
import { settings as all, settingOf, settingsSchema } from './schema.js';
import { fromEnvironment, fromFile, fromFlags, type Given } from './sources.js';

/**
 * The settings in force, and by dotted path the source of each that has a value: `default`, `gateway.yaml:3`,
 * `environment PORT`, `--port`.
 */
export interface Effective {
  readonly settings: Settings;
  readonly origins: ReadonlyMap<string, string>;
  /** What works but should be changed, one sentence each. */
  readonly warnings: readonly string[];
}

/** Where settings come from. Later wins: defaults, file, environment, flags. */
export interface Sources {
  /** YAML file; `OVIRT_GATEWAY_CONFIG` when absent. */
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Values of the command line by dotted path. */
  readonly flags?: Readonly<Record<string, string | boolean>>;
  /** Texts `key=value` of the command line. */
  readonly sets?: readonly string[];
}

/** Settings that cannot be used. Each problem is one sentence that names source, setting and what is wrong. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

type Tree = { [name: string]: unknown };

function put(tree: Tree, key: string, value: unknown): void {
  const [name, ...below] = key.split('.');
  if (name === undefined) return;
  if (below.length === 0) tree[name] = value;
  else put((tree[name] ??= {}) as Tree, below.join('.'), value);
}

/** The schema's defaults. */
function defaults(): Given[] {
  return all
    .filter((setting) => setting.default !== undefined)
    .map((setting) => ({ key: setting.key, value: structuredClone(setting.default), source: 'default' }));
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** What a value should be, in words; the validator's own where there are none. */
function expectation({ keyword, message, params }: ErrorObject, expected: string | undefined): string {
  const { type, limit, allowedValues, additionalProperty } = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case 'enum':
      return `must be one of ${(allowedValues as unknown[]).join(', ')}`;
    case 'additionalProperties':
      return `must not contain ${String(additionalProperty)}`;
    case 'type':
      return `must be ${expected ?? typeInWords(String(type))}`;
    case 'minimum':
      return `must be at least ${String(limit)}`;
    case 'maximum':
      return `must be at most ${String(limit)}`;
    case 'minLength':
      return `must have at least ${String(limit)} characters`;
    case 'minItems':
      return `must have at least ${String(limit)} entries`;
    case 'uniqueItems':
      return 'must not contain the same entry twice';
    default:
      return expected === undefined ? (message ?? keyword) : `must be ${expected}`;
  }
}

/** A sentence for one breach: the setting, what is wrong, and what was given, unless that is secret. */
function sentence(error: ErrorObject, origins: ReadonlyMap<string, string>): string {
  const path = error.instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key =
    path.map((_, index) => path.slice(0, path.length - index).join('.')).find((candidate) => settingOf(candidate)) ??
    path.join('.');
  const setting = settingOf(key);
  if (error.keyword === 'dependentRequired') {
    const { property, missingProperty } = error.params as Readonly<Record<string, string>>;
    const one = `${key}.${property}`;
    return `${origins.get(one) ?? 'settings'}: ${one} is set without ${key}.${missingProperty}: set both`;
  }
  const source =
    origins.get(key) ??
    [...origins].find(([candidate, origin]) => candidate.startsWith(`${key}.`) && origin !== 'default')?.[1] ??
    'settings';
  const what = expectation(error, setting?.expected);
  const isShown = setting && !setting.secret && !['additionalProperties', 'required'].includes(error.keyword);
  return `${source}: ${path.join('.')} ${what}${isShown ? `; it is ${shown(error.data)}` : ''}`;
}

/** The setting's value. */
const valueIn = (tree: Tree, key: string): unknown =>
  key.split('.').reduce<unknown>((node, name) => (node as Tree | undefined)?.[name], tree);

/** URLs that match their pattern and cannot be parsed, such as `http://host:port`: a sentence for each. */
const brokenUrls = (tree: Tree, origins: ReadonlyMap<string, string>): string[] =>
  all.flatMap(({ key, isUrl, secret, expected = 'a URL' }) => {
    const value = isUrl ? valueIn(tree, key) : undefined;
    if (typeof value !== 'string' || value === '' || URL.canParse(value)) return [];
    return [`${origins.get(key) ?? 'default'}: ${key} must be ${expected}${secret ? '' : `; it is ${shown(value)}`}`];
  });

const validate = isSettings as unknown as ValidateFunction<Settings>;

/**
 * Reads the sources and gives the settings in force.
 * @throws SettingsError with every problem of every source at once.
 */
export function loadSettings(sources: Sources = {}): Effective {
  const environment = sources.environment ?? {};
  const file = sources.file ?? (environment['OVIRT_GATEWAY_CONFIG'] || undefined);
  const read = [
    ...(file === undefined ? [] : [fromFile(file)]),
    fromEnvironment(environment),
    fromFlags(sources.flags ?? {}, sources.sets),
  ];

  const tree: Tree = {};
  const origins = new Map<string, string>();
  for (const given of [...defaults(), ...read.flatMap(({ given }) => formerFirst(given))]) {
    put(tree, given.key, given.value);
    origins.set(given.key, given.source);
  }
  for (const name of Object.keys((settingsSchema as { properties: object }).properties)) tree[name] ??= {};

  const problems = read.flatMap((source) => source.problems);
  if (!validate(tree)) problems.push(...(validate.errors ?? []).map((error) => sentence(error, origins)));
  else problems.push(...brokenUrls(tree, origins), ...brokenRules(tree, origins));
  if (problems.length > 0) throw new SettingsError([...new Set(problems)]);
  const warnings = [...new Set(read.flatMap((source) => source.warnings ?? []))];
  return { settings: tree as unknown as Settings, origins, warnings };
}

/** If one source uses both names of a setting, the present name wins. */
const formerFirst = (given: readonly Given[]): Given[] => [
  ...given.filter(({ former }) => former),
  ...given.filter(({ former }) => !former),
];
