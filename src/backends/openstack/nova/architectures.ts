import type { Host } from '../../../model/index.js';
import type { Hypervisor } from '../../../generated/openstack/nova.js';
import { hardwareOf } from './hardware.js';

export type Architecture = NonNullable<Host['architecture']>;

/** What the hypervisors of a cloud tell of their processors. */
export interface Architectures {
  /** By the names that servers and aggregates have for a host. */
  readonly byHost: ReadonlyMap<string, Architecture>;
  /** Where all are the same. */
  readonly common?: Architecture;
}

/** The architecture of a server, cluster or image, by the hosts that it may run on as far as they are known. */
export type ArchitectureOf = (hosts?: readonly (string | null | undefined)[]) => Architecture;

/** PowerVC manages nothing else. */
export const alwaysPower: ArchitectureOf = () => 'ppc64';

export function architecturesOf(hypervisors: readonly Hypervisor[]): Architectures {
  const byHost = new Map<string, Architecture>();
  for (const hypervisor of hypervisors) {
    const { architecture } = hardwareOf(hypervisor);
    if (!architecture) continue;
    byHost.set(hypervisor.hypervisor_hostname, architecture);
    if (hypervisor.service?.host !== undefined) byHost.set(hypervisor.service.host, architecture);
  }
  const [common, ...others] = new Set(byHost.values());
  return { byHost, ...(common && others.length === 0 && { common }) };
}

/** By the first host that tells one; then what all hosts have in common; then `otherwise`. */
export const architectureIn =
  (told: () => Architectures | undefined, otherwise: Architecture): ArchitectureOf =>
  (hosts = []) => {
    const { byHost, common } = told() ?? {};
    for (const host of hosts) {
      const found = host == null ? undefined : byHost?.get(host);
      if (found) return found;
    }
    return common ?? otherwise;
  };
