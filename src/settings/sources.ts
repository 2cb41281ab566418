import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parse, parseDocument } from 'yaml';
import { required } from '../invariant.js';
import { envName, formerly, isGroup, settingOf, settings, type Setting } from './schema.js';

/**
 * A value that one source gives to a setting, and where a reader finds it: `gateway.yaml:3`, `environment PORT`,
 * `--port`.
 */
export interface Given {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
  /** It was given by a former name of the setting: the present name wins. */
  readonly former?: true;
}

/** The settings of a source, and its problems: one sentence each, with the place. */
export interface Source {
  readonly given: readonly Given[];
  readonly problems: readonly string[];
  /** What works and should be changed. */
  readonly warnings?: readonly string[];
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    let left = i + 1;
    let diagonal = i;
    row = row.map((above, j) => {
      if (j > 0) left = Math.min(left + 1, above + 1, diagonal + (a[i] === b[j - 1] ? 0 : 1));
      diagonal = above;
      return left;
    });
  }
  return row.at(-1) ?? 0;
}

/** `; did you mean x?` when one of the names is near. */
function hint(name: string, names: readonly string[]): string {
  const near = names
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  return near && near.far <= Math.max(2, name.length / 5) ? `; did you mean ${near.candidate}?` : '';
}

const unknown = (source: string, name: string, names: readonly string[]): string =>
  `${source}: ${name} is not a setting${hint(name, names)}`;
const keys = settings.map((setting) => setting.key);

/** A text converted to the setting's type; one that does not fit stays a text, which the schema refuses. */
function typed(setting: Setting, text: string): unknown {
  switch (setting.type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'object':
      return parse(text) as unknown;
    case 'array':
      return listed(text);
    default:
      return text;
  }
}

/** A list as a variable, an option or a file gives it: JSON or YAML, or words with commas or line breaks between them. */
const listed = (text: string): unknown =>
  /^\s*(\[|- )/.test(text)
    ? (parse(text) as unknown)
    : text
        .split(/[,\r\n]/)
        .map((word) => word.trim())
        .filter((word) => word !== '');

function fromText(setting: Setting, text: string, source: string): Source {
  try {
    return { given: [{ key: setting.key, value: typed(setting, text), source }], problems: [] };
  } catch (error) {
    return { given: [], problems: [`${source}: ${setting.key} cannot be read: ${reasonOf(error)}`] };
  }
}

const joined = (sources: readonly Source[]): Source => ({
  given: sources.flatMap((s) => s.given),
  problems: sources.flatMap((s) => s.problems),
  warnings: sources.flatMap((s) => s.warnings ?? []),
});

/** What was given by a former name: the same, with a warning. */
const renamed = ({ given, problems }: Source, source: string, name: string, now: string): Source => ({
  given: given.map((one) => ({ ...one, former: true })),
  problems,
  warnings: [`${source}: ${name} is named ${now} now; the former name still works`],
});

/** The settings of a YAML file. JSON is YAML. */
export function fromFile(file: string): Source {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { given: [], problems: [`${file}: cannot be read: ${reasonOf(error)}`] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0)
    return { given: [], problems: document.errors.map((error) => `${at(error.pos[0])}: not YAML: ${error.message}`) };

  function walk(node: unknown, path: string, source: string): Source {
    if (!isGroup(path)) {
      const value = (node as { toJS?(of: unknown): unknown } | null)?.toJS?.(document);
      const setting = settingOf(path) ?? formerly(path);
      if (!setting) return { given: [], problems: [unknown(source, path, keys)] };
      const { key } = setting;
      const given: Source = { given: [{ key, value: value ?? null, source }], problems: [] };
      return key === path ? given : renamed(given, source, path, key);
    }
    if (node === null || (isScalar(node) && node.value === null)) return { given: [], problems: [] };
    if (!isMap(node))
      return { given: [], problems: [`${source}: ${path === '' ? 'the file' : path} must contain settings by name`] };
    return joined(
      node.items.map((pair) => {
        const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
        const offset = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
        return walk(pair.value, path === '' ? name : `${path}.${name}`, offset === undefined ? file : at(offset));
      }),
    );
  }
  return walk(document.contents, '', file);
}

/** Variables that Kubernetes sets for a service named `ovirt-gateway`: not ours, though they share the prefix. */
const KUBERNETES = /^OVIRT_GATEWAY_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\d+_.*)?)$/;

/** Bytes that are not UTF-8 would become one and the same character: a secret of random bytes, a weaker one. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A secret from the file that a variable names (`…_FILE`), without the line break at its end. */
function fromSecretFile(setting: Setting, file: string, source: string): Source {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return { given: [], problems: [`${source}: ${file} cannot be read: ${reasonOf(error)}`] };
  }
  try {
    return fromText(setting, utf8.decode(bytes).replace(/\r?\n$/, ''), source);
  } catch {
    return { given: [], problems: [`${source}: ${file} does not contain text in UTF-8; random bytes need base64`] };
  }
}

const inFile = (name: string): string => `${name}_FILE`;

/**
 * The settings of the environment. An empty variable counts as not set. Each secret can come from a file instead, as
 * containers mount them: `OVIRT_GATEWAY_SESSIONS_SECRET_FILE=/run/secrets/sessions`.
 */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Source {
  const known = new Set([
    'OVIRT_GATEWAY_CONFIG',
    ...settings.flatMap(({ env, secret, former }) => [
      ...env,
      ...(secret ? env.map(inFile) : []),
      ...former.map(envName),
    ]),
  ]);
  /** The first of the variables that is set. */
  const firstSet = (names: readonly string[]): { name: string; text: string } | undefined =>
    names.flatMap((name) => ({ name, text: environment[name] ?? '' })).find(({ text }) => text !== '');
  const strange = Object.keys(environment).filter(
    (name) => name.startsWith('OVIRT_GATEWAY_') && !known.has(name) && !KUBERNETES.test(name),
  );
  return joined([
    { given: [], problems: strange.map((name) => unknown('environment', name, [...known])) },
    ...settings.flatMap((setting) => {
      const variable = firstSet(setting.env);
      const former = variable ? undefined : firstSet(setting.former.map(envName));
      if (former) {
        const source = `environment ${former.name}`;
        return [renamed(fromText(setting, former.text, source), source, former.name, envName(setting.key))];
      }
      const file = setting.secret ? firstSet(setting.env.map(inFile)) : undefined;
      if (variable && file)
        return [
          { given: [], problems: [`environment ${file.name}: ${variable.name} is set, too; set one of the two`] },
        ];
      if (file) return [fromSecretFile(setting, file.text, `environment ${file.name}`)];
      return variable ? [fromText(setting, variable.text, `environment ${variable.name}`)] : [];
    }),
  ]);
}

/** The settings of the command line: options by setting, then `--set key=value`. */
export function fromFlags(flags: Readonly<Record<string, string | boolean>>, sets: readonly string[] = []): Source {
  return joined([
    ...Object.entries(flags).map(([key, value]) => {
      const setting = required(
        settings.find((candidate) => candidate.key === key),
        `the setting ${key} of a flag`,
      );
      const option = Object.values(setting.flags)[0]?.split(' ')[0] ?? key;
      return fromText(setting, String(value), option);
    }),
    ...sets.map((text) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined)
        return { given: [], problems: [`--set ${text}: not of the form key=value`] };
      const setting = settingOf(key) ?? formerly(key);
      if (!setting) return { given: [], problems: [unknown('--set', key, keys)] };
      const given = fromText(setting, value, '--set');
      return setting.key === key ? given : renamed(given, '--set', key, setting.key);
    }),
  ]);
}
