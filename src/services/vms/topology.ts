import { propertyOf, type Vm, type VmInput } from '../../model/index.js';

/**
 * The note of the client's topology. A partition has virtual processors, which would be shown as that many sockets; a
 * client that sets cores and sends the whole document back would double them each time.
 */
export const TOPOLOGY = 'cpu.topology';

/** For faults and reports. */
export const TOPOLOGY_OF = propertyOf('Vm', 'sockets', 'cores', 'threads');

export type Topology = Required<Pick<Vm, 'sockets' | 'cores' | 'threads'>>;

/** Virtual processors: sockets x cores x threads. */
export const processors = ({ sockets = 1, cores = 1, threads = 1 }: VmInput): number => sockets * cores * threads;

/** Its note: `1x2x1`, sockets, cores, threads; undefined for the topology that is shown anyway. */
export const topologyNote = ({ sockets = 1, cores = 1, threads = 1 }: VmInput): string | undefined =>
  cores * threads === 1 ? undefined : [sockets, cores, threads].join('x');

/** The noted topology, as long as its product is the VM's number of processors. */
export const notedTopology = ({ notes }: Vm, count: number): Topology | undefined =>
  topologyIn(notes?.[TOPOLOGY], count);

/** The topology in such a text, as long as its product is that count. */
export function topologyIn(text: string | undefined, count: number): Topology | undefined {
  if (text === undefined) return undefined;
  const [sockets = 0, cores = 0, threads = 0] = text.split('x').map(Number);
  return count > 0 && sockets * cores * threads === count ? { sockets, cores, threads } : undefined;
}

/** The topology after a change: parts that it does not name stay. */
export const changed = (now: Vm, { sockets, cores, threads }: VmInput): Topology => ({
  sockets: sockets ?? now.sockets ?? 1,
  cores: cores ?? now.cores ?? 1,
  threads: threads ?? now.threads ?? 1,
});
