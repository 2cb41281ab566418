import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendExchange, type ExchangeRequest } from '../../src/exchanges/index.js';
import { startGateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { createLog } from '../../src/telemetry/index.js';
import type { Given } from './exchange-inventory.js';
import { normalise, significant, type Outcome, type TimedCall } from './normalise.js';

/**
 * Runs one request on a gateway of its own, before a simulator that holds `given`, until nothing goes on in the
 * background.
 */
export async function runExchange(request: ExchangeRequest, { inventory, gateway: flags }: Given): Promise<Outcome> {
  const file = join(tmpdir(), `exchange-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(inventory));
  const { settings } = loadSettings({
    flags: {
      'server.port': '0',
      'backend.kind': 'simulator',
      'simulator.timeScale': '0',
      'simulator.inventory': file,
      'operations.pollMs': '1',
      'operations.pollMaxMs': '5',
      'operations.timeoutMs': '10000',
      'log.level': 'silent',
      ...flags,
    },
  });
  const calls: TimedCall[] = [];
  const log = createLog(settings.log);
  try {
    const gateway = await startGateway(settings, {
      log,
      onBackendCall: ({ service, method, path, body, status, milliseconds }) => {
        const ended = performance.now();
        calls.push({
          service,
          method,
          path,
          ...(body === undefined ? {} : { body }),
          status,
          began: ended - milliseconds,
          ended,
        });
      },
    });
    try {
      const answer = await sendExchange(gateway.port, request);
      await gateway.settled();
      const known = `${JSON.stringify(inventory)} ${request.target} ${request.body}`;
      return normalise({ calls: significant(calls), answer }, known);
    } finally {
      await gateway.close();
    }
  } finally {
    await log.close();
    rmSync(file);
  }
}
