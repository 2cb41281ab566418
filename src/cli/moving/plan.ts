import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { plannedBackend } from '../../gateway/planned.js';
import {
  draftMapping,
  MappingFileError,
  NameIndex,
  noMapping,
  planHtml,
  planOf,
  planText,
  readMapping,
  type Mapping,
  type MappingKind,
  type Plan,
} from '../../moving/plan/index.js';
import { CommandError, EXIT, type Io } from '../io.js';
import { settingsFor, type Given } from '../options.js';
import { assertWritable, openOutput } from '../output.js';
import { recordsOf } from './source.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Reads the mapping file that `--mapping` names. @throws CommandError */
export async function mappingOf(given: Given): Promise<Mapping> {
  const file = text(given['mapping']);
  if (file === undefined) return noMapping;
  try {
    return readMapping(await readFile(file, 'utf8'), file);
  } catch (error) {
    const message = error instanceof MappingFileError ? error.message : `${file}: ${(error as Error).message}`;
    throw new CommandError(message, EXIT.usage, { cause: error });
  }
}

/** The names on the new side, if `--target` names it. */
async function offeredOf(given: Given, io: Io): Promise<Readonly<Record<MappingKind, readonly string[]>> | undefined> {
  const target = text(given['target']);
  if (target === undefined) return undefined;
  const names = new NameIndex();
  for await (const record of recordsOf(target, given, io, 'target')) names.add(record);
  return {
    clusters: names.all('cluster').sort(),
    networks: names.all('network').sort(),
    storageDomains: names.all('storageDomain').sort(),
  };
}

/** Names that exist on both sides are mapped to themselves, unless the mapping file says otherwise. */
function withSameNames(
  mapping: Mapping,
  offered: Readonly<Record<MappingKind, readonly string[]>> | undefined,
): Mapping {
  if (offered === undefined) return mapping;
  const same = (kind: MappingKind): Mapping[MappingKind] => ({
    ...Object.fromEntries(offered[kind].map((name) => [name, name])),
    ...mapping[kind],
  });
  return { clusters: same('clusters'), networks: same('networks'), storageDomains: same('storageDomains') };
}

const formats: Readonly<Record<string, (plan: Plan) => string>> = {
  text: planText,
  json: (plan) => `${JSON.stringify(plan, null, 2)}\n`,
  html: planHtml,
};
export const planFormats = Object.keys(formats);

/** `plan`: what each VM of an inventory becomes, and what has no counterpart. Returns the exit code. */
export async function plan(given: Given, io: Io): Promise<number> {
  const inventory = text(given['inventory']);
  const backend = text(given['backend']);
  if (inventory === undefined || backend === undefined)
    throw new CommandError('--inventory and --backend are required', EXIT.usage);
  const { settings } = settingsFor('plan', given, io);
  const draft = text(given['draftMapping']);
  await assertWritable(given['output']);
  await assertWritable(draft);
  // a file that somebody has filled in is not overwritten
  if (draft !== undefined && existsSync(draft))
    throw new CommandError(`${draft} exists and is not overwritten: name another file, or remove it`, EXIT.failed);
  const offered = await offeredOf(given, io);
  const mapping = withSameNames(await mappingOf(given), offered);
  const planned = await planOf(recordsOf(inventory, given, io), plannedBackend(backend, settings), mapping);
  const output = await openOutput(given, io);
  await output.write(formats[text(given['format']) ?? 'text']?.(planned) ?? '');
  await output.end();
  if (draft !== undefined) {
    await writeFile(draft, draftMapping(planned.places, offered), { flag: 'wx' }).catch((error: unknown) => {
      throw new CommandError(`${draft} cannot be written: ${(error as Error).message}`, EXIT.failed, { cause: error });
    });
    io.stderr.write(`${draft} was written: fill it in and pass it as --mapping\n`);
  }
  return EXIT.ok;
}
