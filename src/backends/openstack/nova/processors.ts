import type { Architecture, BackendSession, Cluster } from '../../../model/index.js';
import type { Hypervisor } from '../../../generated/openstack/nova.js';
import { hardwareOf } from './hardware.js';

export type Model = NonNullable<Cluster['processors']>;

/** The processors that the hypervisors of a cloud report, by the names that servers and aggregates have for a host. */
export type ReportedProcessors = ReadonlyMap<string, { readonly architecture: Architecture; readonly model?: Model }>;

/** The names of hosts, as far as they are known. */
type Hosts = readonly (string | null | undefined)[];

/** What is known of the processors of a cloud. */
export interface Processors {
  /** The architecture of a server, cluster or image, by the hosts that it may run on. */
  architecture(hosts?: Hosts): Architecture;
  /** The oldest model among the hosts; undefined where one is unknown or they have nothing in common. */
  oldest(hosts: Hosts): Model | undefined;
  /** The model of a cluster of that architecture whose hosts are hidden, or tell none. */
  assumed(architecture: Architecture): Model | undefined;
  /** All architectures; first that of what names no host. */
  architectures(): BackendSession['architectures'];
}

/** PowerVC manages nothing else. It supports no host older than POWER8, and an engine's list ends with POWER9. */
export const alwaysPower: Processors = {
  architecture: () => 'ppc64',
  oldest: () => 'POWER9',
  assumed: () => 'POWER9',
  architectures: () => ['ppc64'],
};

/** libvirt's models by maker, the oldest first: those of which engines have a type of their own. */
const GENERATIONS: readonly (readonly Model[])[] = [
  ['POWER8', 'POWER9', 'POWER10'],
  [
    'Nehalem',
    'Westmere',
    'SandyBridge',
    'IvyBridge',
    'Haswell',
    'Broadwell',
    'Skylake-Client',
    'Skylake-Server',
    'Cascadelake-Server',
    'Icelake-Server',
  ],
  ['Opteron_G4', 'Opteron_G5', 'EPYC'],
  ['z196', 'zEC12', 'z13', 'z14'],
];
const MODELS = GENERATIONS.flat();

/** `Haswell` of Haswell-noTSX-IBRS: what is after the model's name tells of microcode and switched off features. */
const modelNamed = (name: string | undefined): Model | undefined =>
  MODELS.find((model) => name?.toLowerCase().startsWith(model.toLowerCase()));

export function reportedProcessors(hypervisors: readonly Hypervisor[]): ReportedProcessors {
  const byHost = new Map<string, { readonly architecture: Architecture; readonly model?: Model }>();
  for (const hypervisor of hypervisors) {
    const { architecture, cpuName } = hardwareOf(hypervisor);
    if (!architecture) continue;
    const model = modelNamed(cpuName);
    const one = { architecture, ...(model && { model }) };
    byHost.set(hypervisor.hypervisor_hostname, one);
    if (hypervisor.service?.host !== undefined) byHost.set(hypervisor.service.host, one);
  }
  return byHost;
}

/**
 * From what hypervisors report, if anything; `otherwise` is the architecture where they differ or report none, `model`
 * the processors of clusters of that architecture whose hosts report none. Clients expect a type of a cluster: for Power
 * it is by default that which most hosts have.
 */
export function processorsBy(
  reported: () => ReportedProcessors | undefined,
  otherwise: Architecture,
  model?: Model,
): Processors {
  /** What follows from all of them, worked out once. */
  const known = new WeakMap<ReportedProcessors, BackendSession['architectures']>();

  function architectures(): BackendSession['architectures'] {
    const byHost = reported();
    if (!byHost) return [otherwise];
    let all = known.get(byHost);
    if (!all) known.set(byHost, (all = architecturesOf(byHost, otherwise)));
    return all;
  }

  return {
    architectures,
    assumed: (architecture) =>
      (architecture === otherwise ? model : undefined) ?? (architecture === 'ppc64' ? 'POWER9' : undefined),
    architecture(hosts = []) {
      const byHost = reported();
      for (const host of hosts) {
        const found = host == null ? undefined : byHost?.get(host);
        if (found) return found.architecture;
      }
      return architectures()[0];
    },
    oldest(hosts) {
      const byHost = reported();
      const models = new Set(hosts.map((host) => (host == null ? undefined : byHost?.get(host)?.model)));
      const generation = GENERATIONS.find((one) => [...models].every((model) => model && one.includes(model)));
      return generation?.find((model) => models.has(model));
    },
  };
}

/** The common one, or `otherwise` where they differ, and the others after it. */
function architecturesOf(reported: ReportedProcessors, otherwise: Architecture): BackendSession['architectures'] {
  const all = new Set([...reported.values()].map(({ architecture }) => architecture));
  const [common = otherwise, ...others] = all;
  return others.length === 0 ? [common] : [otherwise, ...[...all].filter((one) => one !== otherwise)];
}
