import type { Host } from '../../../model/index.js';
import type { Hypervisor } from '../../../generated/openstack/nova.js';
import { looseNumber } from '../loose.js';

/**
 * PowerVC names a host by its machine type, model and serial number: 900942A_78ABC01 (docs/reference/power.md, 1.4).
 */
const MTMS = /^(\d{4})-?(\w{3})_(\w{7})$/;

/** A hypervisor's hardware; what it does not report is absent. */
export function hardwareOf(hypervisor: Hypervisor): Partial<Host> {
  const { hypervisor_hostname: hostname, hypervisor_version } = hypervisor;
  const { model, mhz, arch } = cpuInfo(hypervisor);
  const version = looseNumber(hypervisor_version);
  const speed = looseNumber(typeof mhz === 'string' || typeof mhz === 'number' ? mhz : undefined);
  const [, type, variant, serialNumber] = MTMS.exec(hostname) ?? [];
  return {
    ...topologyOf(hypervisor),
    ...(typeof model === 'string' && model !== '' && { cpuName: model }),
    ...(speed !== undefined && speed > 0 && { cpuSpeedMhz: speed }),
    ...(version !== undefined && version > 0 && versionOf(version)),
    ...architectureNamed(arch),
    ...(serialNumber !== undefined && { manufacturer: 'IBM', productName: `${type}-${variant}`, serialNumber }),
  };
}

/**
 * The processors as sockets, cores and threads, if their product is the number of processors; else as cores of one
 * socket.
 */
function topologyOf(hypervisor: Hypervisor): Partial<Host> {
  const { topology } = cpuInfo(hypervisor);
  const part = (name: string): number => {
    const value = isObject(topology) ? Number(topology[name] ?? 1) : 0;
    return Number.isInteger(value) ? value : 0;
  };
  const [sockets, cores, threads] = [part('sockets'), part('cores'), part('threads')];
  const processors = looseNumber(hypervisor.vcpus);
  const fits = sockets * cores === processors || sockets * cores * threads === processors;
  return fits && sockets * cores * threads > 0 ? { sockets, cores, threads } : { sockets: 1, threads: 1 };
}

function cpuInfo({ cpu_info: info }: Hypervisor): Readonly<Record<string, unknown>> {
  if (typeof info !== 'string') return info ?? {};
  try {
    const parsed: unknown = JSON.parse(info);
    return isObject(parsed) ? parsed : {};
  } catch (error) {
    // The form depends on the driver
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** libvirt's words, and oVirt's, which has one for Power of either endianness. */
const architectures = {
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  x86_64: 'x86_64',
  aarch64: 'aarch64',
  s390x: 's390x',
} as const;

/** `x86_64` of a hypervisor or an image, if it is one of them. */
export const architectureNamed = (arch: unknown): Pick<Host, 'architecture'> =>
  isArchitecture(arch) ? { architecture: architectures[arch] } : {};

const isArchitecture = (arch: unknown): arch is keyof typeof architectures =>
  typeof arch === 'string' && Object.hasOwn(architectures, arch);

function versionOf(version: number): Partial<Host> {
  const text = versionText(version);
  const [major, minor, build] = text.split('.').map(Number);
  return {
    hypervisorVersion: text,
    ...(major !== undefined && { hypervisorMajor: major }),
    ...(minor !== undefined && { hypervisorMinor: minor }),
    ...(build !== undefined && { hypervisorBuild: build }),
  };
}

/** libvirt encodes a version as one number, each part three digits. */
const versionText = (version: number): string =>
  version < 1000
    ? String(version)
    : [Math.floor(version / 1_000_000), Math.floor(version / 1000) % 1000, version % 1000].join('.');
