import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { FORMAT, type InventoryRecord } from './record.js';

/** A file that is no inventory, or not a whole one; the message names the line. */
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

/** The records of an inventory, one by one. @throws InventoryError for what is none, or was cut off */
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
        `${file}: the first line is not that of an inventory of form ${FORMAT}; the command inventory makes one`,
      );
    last = record;
    yield record;
  }
  if (last?.record !== 'end')
    throw new InventoryError(`${file} was cut off: its last line is not that of a whole inventory. Make it again.`);
}
