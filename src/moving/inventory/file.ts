import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { FORMAT, type InventoryRecord } from './record.js';

/** The file is not an inventory, or is incomplete; the message names the line. */
export class InventoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InventoryError';
  }
}

function recordIn(line: string, at: string): InventoryRecord {
  try {
    const record = JSON.parse(line) as InventoryRecord;
    if (typeof record.record === 'string') return record;
  } catch (error) {
    throw new InventoryError(`${at}: not a line of an inventory: ${(error as Error).message}`, { cause: error });
  }
  throw new InventoryError(`${at}: not a line of an inventory`);
}

type Input = AsyncIterable<Buffer | string>;

/** @throws InventoryError */
async function* linesOf(file: string, input: Input): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: input instanceof Readable ? input : Readable.from(input), crlfDelay: Infinity });
  } catch (error) {
    throw new InventoryError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The records of an inventory, one by one. @throws InventoryError if the file is not an inventory or is incomplete */
export async function* readInventoryFile(
  file: string,
  input: Input = createReadStream(file),
): AsyncGenerator<InventoryRecord> {
  let number = 0;
  let last: InventoryRecord | undefined;
  for await (const line of linesOf(file, input)) {
    number += 1;
    if (line.trim() === '') continue;
    const record = recordIn(line, `${file}, line ${number}`);
    if (last === undefined && (record.record !== 'endpoint' || record.format !== FORMAT))
      throw new InventoryError(
        `${file}: the first line is not the header of an inventory (format ${FORMAT}); ` +
          'the command inventory writes one',
      );
    last = record;
    yield record;
  }
  if (last?.record !== 'end')
    throw new InventoryError(
      `${file} is incomplete: its last line is not the end of an inventory. Run the command inventory again.`,
    );
}
