import { isFault } from '../../../model/index.js';
import type { Pool, QuotaAnswer } from '../../../generated/openstack/cinder.js';
import type { Connection } from '../connection.js';
import { looseNumber } from '../loose.js';
import type { BackingOf, Provider } from './storage.js';

/** `<is> name` of an extra spec is `name`. */
const PLACE = /^(?:<is>|=)?\s*(.*)$/;

/**
 * What is behind volume types, for whom Cinder tells it: to administrators its pools, to others what their project's
 * quota leaves them.
 */
export async function backingOf(connection: Connection): Promise<BackingOf> {
  const pools = await unlessKept(connection.call('cinder.pools.list', { query: { detail: 'true' } }));
  if (pools) return inPools(pools.pools);
  const project = connection.login.project.id;
  const quotas = await unlessKept(
    connection.call('cinder.quotas.get', { params: { project }, query: { usage: 'true' } }),
  );
  return quotas ? ofQuota(quotas.quota_set) : () => undefined;
}

/** A type may be in every pool of the back end that it names; without a name, in every pool. */
export function inPools(pools: readonly Pool[]): BackingOf {
  return ({ extra_specs: specs }) => {
    const named = specs?.['volume_backend_name'] ?? specs?.['capabilities:volume_backend_name'];
    const backend = named === undefined ? undefined : PLACE.exec(named)?.[1];
    const own = pools.flatMap(({ capabilities }) =>
      capabilities && (backend === undefined || capabilities.volume_backend_name === backend) ? [capabilities] : [],
    );
    if (own.length === 0) return undefined;
    const protocols = own.map(({ storage_protocol: protocol }) => String(protocol ?? '').toLowerCase());
    return {
      ...(protocols.every((one) => one.includes('iscsi')) && { backend_type: 'iscsi' }),
      ...(own.every(({ backend_state: state }) => state?.toLowerCase() === 'down') && { backend_state: 'down' }),
      ...sizes(
        own.map(({ free_capacity_gb: free }) => looseNumber(free)),
        own.map(({ total_capacity_gb: total }) => looseNumber(total)),
      ),
    };
  };
}

/** The sums; absent where a pool does not tell its own: drivers may say `infinite` or `unknown`. */
function sizes(free: (number | undefined)[], total: (number | undefined)[]): Provider {
  const sum = (all: (number | undefined)[]): number | undefined =>
    all.reduce((one, other) => (one === undefined || other === undefined ? undefined : one + other), 0);
  const [left, whole] = [sum(free), sum(total)];
  return {
    ...(left !== undefined && { free_capacity_gb: left }),
    ...(whole !== undefined && { total_capacity_gb: whole }),
  };
}

/** The lower of what the project may have in all and what it may have of a type; nothing where neither is limited. */
export function ofQuota(quota: QuotaAnswer['quota_set']): BackingOf {
  const left = (key: string): number | undefined => {
    const { limit = -1, in_use: used = 0, reserved = 0 } = usageAt(quota, key);
    return limit < 0 ? undefined : Math.max(0, limit - used - reserved);
  };
  return ({ name }) => {
    const all = [left('gigabytes'), left(`gigabytes_${name}`)].filter((one) => one !== undefined);
    if (all.length === 0) return undefined;
    const free = Math.min(...all);
    const { in_use: used } = usageAt(quota, `gigabytes_${name}`);
    return { free_capacity_gb: free, ...(used !== undefined && { total_capacity_gb: free + used }) };
  };
}

type Usage = { readonly limit?: number; readonly in_use?: number; readonly reserved?: number };

function usageAt(quota: QuotaAnswer['quota_set'], key: string): Usage {
  const value = quota[key];
  return typeof value === 'object' && value !== null ? value : {};
}

/** Undefined for whom a policy keeps it from. */
async function unlessKept<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isFault(error, 'backend.forbidden') || isFault(error, 'not-found')) return undefined;
    throw error;
  }
}
