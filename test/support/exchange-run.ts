import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendExchange, type ExchangeRequest } from '../../src/exchanges/index.js';
import { startGateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { createLog } from '../../src/telemetry/index.js';
import type { Given } from './exchange-inventory.js';
import { createNormaliser, significant, type Outcome, type TimedCall } from './normalise.js';

/**
 * Runs requests, one after the other, on a gateway of their own, before a simulator that holds `given`; each until
 * nothing goes on in the background. A placeholder of an earlier answer in a request, `{uuid-1}`, is what it stands
 * for.
 */
export async function runExchanges(
  requests: readonly ExchangeRequest[],
  { inventory, gateway: flags }: Given,
): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
  const file = join(folder, 'inventory.json');
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
      'transfers.folder': join(folder, 'transfers'),
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
      const requested = requests.map(({ target, body }) => `${target} ${body}`);
      const names = createNormaliser(`${JSON.stringify(inventory)} ${requested.join(' ')}`);
      const outcomes: Outcome[] = [];
      for (const request of requests) {
        calls.length = 0;
        const answer = await sendExchange(gateway.port, {
          ...request,
          target: names.real(request.target),
          body: names.real(request.body),
        });
        await gateway.settled();
        outcomes.push(names.normalise({ calls: significant(calls), answer }));
      }
      return outcomes;
    } finally {
      await gateway.close();
    }
  } finally {
    await log.close();
    rmSync(folder, { recursive: true });
  }
}
