import type { Command } from 'commander';
import { upTo } from '../text.js';
import type { Io } from './io.js';
import { loadSettings, printSettings, settingsList, type Effective } from '../settings/index.js';

/** What commander read of the options that `withSettings` adds: by attribute name. */
export type Given = Readonly<Record<string, unknown>>;

interface SettingOption {
  readonly key: string;
  readonly flags: string;
  readonly attribute: string;
  readonly text: string;
  /** The values that the setting may have, if they are a fixed set. */
  readonly values?: readonly string[];
}

const attributeOf = (flags: string): string =>
  upTo(flags, ' ')
    .slice(2)
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The options of a command that set one setting each: schemas/settings.json, `x-flags`. */
function settingOptions(command: string): SettingOption[] {
  return settingsList.flatMap(({ key, flags, help, description, ...setting }) => {
    const own = flags[command];
    if (own === undefined) return [];
    const values = setting.enum ? ` One of ${setting.enum.join(', ')}.` : '';
    const preset =
      setting.default === undefined || setting.default === false ? '' : ` [${JSON.stringify(setting.default)}]`;
    return [
      {
        key,
        flags: own,
        attribute: attributeOf(own),
        text: `${help[command] ?? description}${values}${preset}`,
        ...(setting.enum && { values: setting.enum.map(String) }),
      },
    ];
  });
}

/** The values of a command's options for settings that have a fixed set of them, by the option's attribute. */
export const settingChoices = (command: string): ReadonlyMap<string, readonly string[]> =>
  new Map(settingOptions(command).flatMap(({ attribute, values }) => (values ? [[attribute, values]] : [])));

/** Adds the options for settings: a file, single ones by name, the command's own. */
export function withSettings(command: Command): Command {
  command
    .option('-c, --config <file>', 'Settings file, YAML (or the variable OVIRT_GATEWAY_CONFIG).')
    .option(
      '--set <key=value>',
      'Any setting by its path, such as --set log.level=debug; may be repeated.',
      (value: string, all: readonly string[] = []) => [...all, value],
    );
  for (const option of settingOptions(command.name())) command.option(option.flags, option.text);
  return command;
}

/** Adds `--print-config`. */
export const withPrintConfig = (command: Command): Command =>
  command.option('--print-config', 'Print the effective settings and the source of each, secrets hidden, and exit.');

/** Commands that always run a simulator: to them the backend powervc is the simulated one, which needs no address. */
const SIMULATING = ['simulate', 'translate'];

const valueFor = (command: string, key: string, value: string | boolean): string | boolean =>
  key === 'backend.kind' && value === 'powervc' && SIMULATING.includes(command) ? 'simulator' : value;

/** Warnings given already: a command may read its settings more than once. */
const warned = new WeakMap<object, Set<string>>();

/** The settings in force for a command; prints warnings for settings that should be changed. @throws SettingsError */
export function settingsFor(command: string, given: Given, io: Pick<Io, 'environment' | 'stderr'>): Effective {
  const flags = settingOptions(command).flatMap(({ key, attribute }) => {
    const value = given[attribute];
    return typeof value === 'string' || typeof value === 'boolean'
      ? [[key, valueFor(command, key, value)] as const]
      : [];
  });
  const effective = loadSettings({
    ...(typeof given['config'] === 'string' ? { file: given['config'] } : {}),
    environment: io.environment,
    flags: Object.fromEntries(flags),
    sets: (given['set'] as readonly string[] | undefined) ?? [],
  });
  const before = warned.get(io.stderr) ?? new Set();
  for (const warning of effective.warnings) if (!before.has(warning)) io.stderr.write(`warning: ${warning}\n`);
  warned.set(io.stderr, new Set([...before, ...effective.warnings]));
  return effective;
}

/** What `--print-config` prints. */
export const printed = printSettings;
