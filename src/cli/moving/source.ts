import { createReadStream } from 'node:fs';
import { EndpointError } from '../../moving/endpoint/index.js';
import {
  InventoryError,
  readInventory,
  readInventoryFile,
  type InventoryRecord,
} from '../../moving/inventory/index.js';
import { endpointOf, type EndpointSide } from '../endpoint-options.js';
import { CommandError, EXIT, type Io } from '../io.js';
import type { Given } from '../options.js';
import { progressOn } from '../progress.js';

const isAddress = (source: string): boolean => /^https?:\/\//.test(source);

/** The records of an inventory: a file, standard input (`-`), or an endpoint that is read now. @throws CommandError */
export async function* recordsOf(
  source: string,
  given: Given,
  io: Io,
  side: EndpointSide = '',
): AsyncGenerator<InventoryRecord> {
  try {
    if (isAddress(source)) yield* live(source, given, io, side);
    else
      yield* readInventoryFile(
        source === '-' ? 'standard input' : source,
        source === '-' ? io.stdin : createReadStream(source),
      );
  } catch (error) {
    if (error instanceof InventoryError) throw new CommandError(error.message, EXIT.usage, { cause: error });
    if (error instanceof EndpointError) throw new CommandError(error.message, EXIT.failed, { cause: error });
    throw error;
  }
}

async function* live(url: string, given: Given, io: Io, side: EndpointSide): AsyncGenerator<InventoryRecord> {
  const endpoint = await endpointOf(given, io, side, url);
  const progress = progressOn(io);
  try {
    yield* readInventory(endpoint, { onVm: (read, total) => progress.show(`${url}: ${read} of ${total} VMs`) });
  } finally {
    progress.end();
    await endpoint.close();
  }
}
