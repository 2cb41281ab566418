import { EndpointError } from '../../moving/endpoint/index.js';
import { readInventory } from '../../moving/inventory/index.js';
import { counted } from '../../moving/units.js';
import { endpointOf } from '../endpoint-options.js';
import { keepHeapSmall } from '../heap.js';
import { CommandError, EXIT, type Io } from '../io.js';
import type { Given } from '../options.js';
import { openOutput } from '../output.js';
import { progressOn } from '../progress.js';

const rate = (read: number, began: number): string =>
  `${Math.round(read / Math.max(0.001, (performance.now() - began) / 1000))} a second`;

/** `inventory`: everything at an endpoint that concerns VMs, as lines of JSON. Returns the exit code. */
export async function inventory(given: Given, io: Io): Promise<number> {
  keepHeapSmall();
  const atOnce = Number(given['atOnce']);
  const endpoint = await endpointOf(given, io);
  const progress = progressOn(io);
  const began = performance.now();
  let problems = 0;
  let vms = 0;
  try {
    const output = await openOutput(given, io);
    progress.show(`${endpoint.product.name} ${endpoint.product.version}: reading what VMs refer to`);
    for await (const record of readInventory(endpoint, {
      atOnce,
      ...(typeof given['search'] === 'string' && { search: given['search'] }),
      onVm: (read, total) => progress.show(`${read} of ${total} VMs, ${rate(read, began)}`),
    })) {
      await output.write(`${JSON.stringify(record)}\n`);
      if (record.record === 'end') ({ vms, problems } = record);
      if (record.record !== 'problem') continue;
      progress.end();
      io.stderr.write(`not read: ${record.at}: ${record.why}\n`);
    }
    await output.end();
  } catch (error) {
    if (error instanceof EndpointError) throw new CommandError(error.message, EXIT.failed, { cause: error });
    throw error;
  } finally {
    progress.end();
    await endpoint.close();
  }
  io.stderr.write(
    `${counted(vms, 'VM')}${problems === 0 ? '' : `; ${counted(problems, 'object')} could not be read`}\n`,
  );
  return problems === 0 ? EXIT.ok : EXIT.failed;
}
