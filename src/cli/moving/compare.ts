import { compare, comparisonText, ignorable, summariesOf } from '../../moving/compare/index.js';
import { NameIndex, noMapping } from '../../moving/plan/index.js';
import { CommandError, EXIT, type Io } from '../io.js';
import type { Given } from '../options.js';
import { assertWritable, openOutput } from '../output.js';
import { mappingOf } from './plan.js';
import { recordsOf } from './source.js';

/**
 * `compare`: what is missing or differs between two endpoints or inventories. Returns the exit code: 1 if something
 * does.
 */
export async function compareSides(a: string, b: string, given: Given, io: Io): Promise<number> {
  const ignore = ignoredOf(given);
  const mapping = await mappingOf(given);
  await assertWritable(given['output']);
  const old = await summariesOf(recordsOf(a, given, io), new NameIndex(), mapping);
  const moved = await summariesOf(recordsOf(b, given, io, 'target'), new NameIndex(), noMapping);
  const comparison = compare(old, moved, ignore);
  const output = await openOutput(given, io);
  await output.write(
    given['format'] === 'json' ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison),
  );
  await output.end();
  const { differs, missing, new: added } = comparison.counts;
  return differs + missing + added === 0 ? EXIT.ok : EXIT.failed;
}

/** The fields of `--ignore`. @throws CommandError for an unknown field. */
function ignoredOf({ ignore = '' }: Given): string[] {
  const fields = String(ignore)
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '');
  const unknown = fields.filter((field) => !ignorable.includes(field));
  if (unknown.length > 0)
    throw new CommandError(
      `--ignore: unknown field ${unknown.join(', ')}; the fields are ${ignorable.join(', ')}`,
      EXIT.usage,
    );
  return fields;
}
