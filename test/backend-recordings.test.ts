import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wrongWith } from '../src/backends/http/wire.js';
import { openStack, type CallId } from '../src/backends/openstack/wire.js';
import { messageOf } from '../src/backends/openstack/errors.js';

/**
 * What a real OpenStack answered (docs/reference/openstack.md) has the form that schemas/openstack
 * declares.
 */
const folder = new URL('../fixtures/openstack/recorded/', import.meta.url);

interface Recording {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly request: unknown;
  readonly status: number;
  readonly body: unknown;
}

const services: Record<string, string> = {
  keystone: 'identity',
  nova: 'compute',
  cinder: 'volume',
  neutron: 'network',
  glance: 'image',
};

function callOf({ service, method, path, request }: Recording): CallId | undefined {
  const [plain = ''] = path.split('?');
  const behind = plain.replace(/^\/v2\.1(?=\/(servers|os-|flavors))/, '').replace(/^\/v3\/[0-9a-f]{32}/, '');
  const [action] = typeof request === 'object' && request !== null ? Object.keys(request) : [];
  return Object.values(openStack.calls).find((call) => {
    const pattern = new RegExp(`^${call.path.replace(/\{\w+\}/g, '[^/]+')}$`);
    return (
      call.service === services[service] &&
      call.method === method &&
      pattern.test(behind) &&
      (!('action' in call) || call.action === action)
    );
  })?.id;
}

describe('recordings of OpenStack', () => {
  const recordings = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recording] as const);

  it('hold what the schemas of answers declare', () => {
    const checked = new Set<string>();
    for (const [name, recording] of recordings.filter(([, { status }]) => status >= 200 && status < 300)) {
      const id = callOf(recording);
      // The gateway asks for no selection of fields and for no reservation.
      if (
        id === undefined ||
        recording.path.includes('fields=') ||
        JSON.stringify(recording.request).includes('return_reservation_id')
      )
        continue;
      expect(wrongWith(openStack, id, recording.status, recording.body), `${name} (${id})`).toBeUndefined();
      checked.add(id);
    }
    expect([...checked]).toEqual(
      expect.arrayContaining([
        'keystone.tokens.issue',
        'nova.servers.list',
        'nova.servers.get',
        'nova.servers.create',
        'nova.aggregates.list',
        'nova.hypervisors.list',
        'cinder.volumes.get',
        'cinder.volumes.list',
        'cinder.types.list',
        'neutron.ports.list',
        'neutron.networks.list',
        'glance.images.list',
        'nova.interfaces.attach',
      ]),
    );
  });

  it('hold a message in every refusal with a body', () => {
    const refusals = recordings.filter(([, { status, body }]) => status >= 400 && body !== null);
    expect(refusals.length).toBeGreaterThan(100);
    for (const [name, recording] of refusals) {
      const text = messageOf(recording);
      expect(text, name).not.toMatch(/without a message|<|\n/);
      expect(text.length, name).toBeGreaterThan(8);
    }
  });
});
