import type { Scope } from '../../src/services/context.js';
import { Work } from '../../src/services/work/work.js';
import { fakeSession, type FakeSession } from './fake-backend.js';
import type { FakeWorld } from './fake-world.js';

export interface FakeScope extends Scope {
  readonly session: FakeSession;
  /** By the property: `vm.osType`. */
  readonly reports: { readonly path: string; readonly why: string }[];
}

/** A process of its own on the world: its own login, and work that no other one knows of. */
export function scopeOn(world: FakeWorld, settings: Partial<Scope['settings']> = {}): FakeScope {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const reports: FakeScope['reports'] = [];
  return {
    session: fakeSession(world),
    hasPmem: true,
    backend: 'PowerVC',
    words: { cloud: 'PowerVC', hypervisor: 'PowerVM', group: 'host group', storage: 'storage template' },
    engine: '3.6',
    log,
    reports,
    work: new Work(log),
    settings: {
      pollMs: 1,
      pollMaxMs: 2,
      timeoutMs: 2_000,
      leaseMs: 30,
      afterCreate: 'stop',
      readerRoles: [],
      ...settings,
    },
    late: new Set(),
    report: (property, why) => {
      reports.push({ path: property.toString(), why });
    },
  };
}
