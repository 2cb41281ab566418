import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sendExchange, type ExchangeAnswer, type ExchangeRequest } from '../src/exchanges/index.js';
import { startGateway } from '../src/gateway.js';
import { nameId } from '../src/model/index.js';
import { loadSettings } from '../src/settings/index.js';
import { exchangeFiles, folder } from './support/exchange-files.js';
import { inventoryWith } from './support/exchange-inventory.js';
import { differenceOf, differencesIn, essence, reasonToSkip } from './support/plain-corpus.js';
import { validateV3 } from './support/xsd.js';

/**
 * The conformance corpus on plain OpenStack, simulated: what `npm run test:openstack` does on a real one, with the same
 * comparison and the same list of differences (fixtures/openstack.yaml), and with what only a simulator can be made to
 * do.
 */
const base = new URL('inventory.yaml', folder);
type Item = Readonly<Record<string, unknown>>;

/**
 * The inventory of an exchange as OpenStack would hold it: servers have a note of their image, a VM's snapshot is a set
 * of volume snapshots. `ids` are those of the sets.
 */
function plain(inventory: Record<string, unknown>): {
  readonly inventory: Record<string, unknown>;
  readonly ids: ReadonlyMap<string, string>;
} {
  const {
    instanceSnapshots = [],
    servers = [],
    snapshots = [],
    volumes = [],
    images = [],
    hosts = [],
    luns: _luns,
    storageConnectivityGroups: _groups,
    settings = {},
    ...rest
  } = inventory as Record<string, Item[]>;
  // A host has one name only
  const ids = new Map(hosts.map((host) => [String(host['display_name'] ?? host['name']), String(host['name'])]));
  const sets = instanceSnapshots.flatMap((one, index) => {
    const members = (one['volumes'] ?? []) as Item[];
    const set = nameId('snapshot', String(one['server_id']), String(one['name']));
    for (const place of ['snapshots/', 'snapshot id="']) ids.set(`${place}${String(one['id'])}`, `${place}${set}`);
    return members.map((member) => ({
      id: member['snapshot_id'] ?? member['id'] ?? randomUUID(),
      volume_id: member['volume_id'],
      size: member['size'] ?? 1,
      name: one['name'],
      description: one['description'],
      created_at: one['created_at'] ?? `2026-01-0${index + 1}T00:00:00Z`,
      metadata: {
        'ovirt.snapshot': set,
        'ovirt.vm': one['server_id'],
        'ovirt.of': String(members.length),
        'ovirt.boot': 'true',
      },
    }));
  });
  const taken = new Set<unknown>(sets.map(({ id }) => id));
  return {
    ids,
    inventory: {
      ...rest,
      settings: { ...settings, cloud: 'openstack' },
      snapshots: [...snapshots.filter(({ id }) => !taken.has(id)), ...sets],
      hosts,
      volumes: volumes.map(({ multiattach: _, ...volume }) => volume),
      images: images.map(({ volumes: __, ...image }) => image),
      servers: servers.map(({ image_id: image, metadata, ...server }) => ({
        ...server,
        metadata: { ...(image !== undefined && { 'ovirt.template': image }), ...(metadata as object | undefined) },
      })),
    },
  };
}

const placed = (text: string, ids: ReadonlyMap<string, string>): string =>
  [...ids].reduce((all, [from, to]) => all.replaceAll(from, to), text);

async function answerTo(
  request: ExchangeRequest,
  inventory: object,
  flags: Readonly<Record<string, string>>,
): Promise<ExchangeAnswer> {
  const file = join(tmpdir(), `plain-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(inventory));
  try {
    const { settings } = loadSettings({
      environment: {},
      flags: {
        'server.port': '0',
        'backend.kind': 'openstack',
        'simulator.timeScale': '0',
        'simulator.inventory': file,
        'operations.pollMs': '1',
        'operations.pollMaxMs': '5',
        'operations.timeoutMs': '10000',
        'log.level': 'silent',
        ...flags,
      },
    });
    const gateway = await startGateway(settings);
    try {
      const answer = await sendExchange(gateway.port, request);
      await gateway.settled();
      return answer;
    } finally {
      await gateway.close();
    }
  } finally {
    rmSync(file);
  }
}

describe('the corpus on OpenStack, simulated', () => {
  test.each(
    exchangeFiles().filter(({ name, exchange: { given } }) => reasonToSkip(name, given, 'simulator') === undefined),
  )('$name', async ({ name, exchange: { request, given, answer } }) => {
    const { inventory: held, gateway: flags } = inventoryWith(given, base);
    const { inventory, ids } = plain(held);
    const got = await answerTo(
      { ...request, target: placed(request.target, ids), body: placed(request.body, ids) },
      inventory,
      flags,
    );
    const difference = differenceOf(name);
    expect(essence(got), got.body).toMatchObject(difference ? { status: difference.status } : essence(answer!));
    if (difference) expect(essence(got), 'this difference is none any more').not.toMatchObject(essence(answer!));
    else if (got.body.startsWith('<?xml')) expect(differencesIn(name, placed(answer!.body, ids), got.body)).toEqual([]);
    if (got.body.startsWith('<?xml')) expect(await validateV3(got.body)).toEqual([]);
  });
});
