import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds package.json, schemas/ and dist/; files that are read at run time are resolved from here, never
 * from the working directory.
 */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Of this program, as npm knows it. */
export const packageVersion = (JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { version: string })
  .version;

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly 'x-env'?: readonly string[];
  readonly 'x-flags'?: Readonly<Record<string, string>>;
  readonly 'x-help'?: Readonly<Record<string, string>>;
  readonly 'x-secret'?: boolean;
  readonly 'x-error'?: string;
  readonly 'x-live'?: boolean;
  readonly 'x-former'?: readonly string[];
}

/** One setting: a leaf of schemas/settings.json. */
export interface Setting {
  /** Its dotted path: `server.maxBodyBytes`. */
  readonly key: string;
  readonly type: string;
  readonly description: string;
  readonly default: unknown;
  readonly enum: readonly unknown[] | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Environment variables that set it, the first wins: short names such as `PORT`, then the one made from the path. */
  readonly env: readonly string[];
  /** By command, the option that sets it in commander's form: `--port <number>`. */
  readonly flags: Readonly<Record<string, string>>;
  /** By command, the help of its option where it differs from the description. */
  readonly help: Readonly<Record<string, string>>;
  readonly secret: boolean;
  /** Whether a running gateway applies a new value when it reloads its settings. */
  readonly live: boolean;
  /** Dotted paths that it had before: they still work, with a warning. */
  readonly former: readonly string[];
  /** What the value should be, where the schema's pattern would not explain it. */
  readonly expected: string | undefined;
  /** Whether the value is a URL, or empty. */
  readonly isUrl: boolean;
}

const ENV_PREFIX = 'OVIRT_GATEWAY_';

/** `server.maxBodyBytes` → `OVIRT_GATEWAY_SERVER_MAX_BODY_BYTES`. */
export const envName = (key: string): string =>
  ENV_PREFIX +
  key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase();

/** schemas/settings.json, unchanged: JSON Schema 2020-12. */
export const settingsSchema = JSON.parse(readFileSync(`${packageRoot}schemas/settings.json`, 'utf8')) as Node & object;

function leavesOf(node: Node, path: readonly string[]): Setting[] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([name, child]) => leavesOf(child, [...path, name]));
  const key = path.join('.');
  return [
    {
      key,
      type: node.type ?? 'string',
      description: node.description ?? '',
      default: node.default,
      enum: node.enum,
      minimum: node.minimum,
      maximum: node.maximum,
      env: [...(node['x-env'] ?? []), envName(key)],
      flags: node['x-flags'] ?? {},
      help: node['x-help'] ?? {},
      secret: node['x-secret'] ?? false,
      live: node['x-live'] ?? false,
      former: node['x-former'] ?? [],
      expected: node['x-error'],
      isUrl: node.pattern?.includes('https?://') ?? false,
    },
  ];
}

/** Every setting, in the order of the schema. */
export const settings: readonly Setting[] = leavesOf(settingsSchema, []);

/** The setting of that dotted path. */
export const settingOf = (key: string): Setting | undefined => settings.find((setting) => setting.key === key);

/** The setting that had that dotted path before. */
export const formerly = (key: string): Setting | undefined => settings.find(({ former }) => former.includes(key));

/** Whether the dotted path is a group of settings, such as `server`, or was one; the empty path is the whole. */
export const isGroup = (key: string): boolean =>
  key === '' || settings.some((setting) => [setting.key, ...setting.former].some((one) => one.startsWith(`${key}.`)));
