import type { Architecture, Cluster } from '../../model/index.js';

/** A type of processor that a cluster can have, as an engine lists it. */
export interface ServerCpu {
  /** Its place among those of its maker. */
  readonly level: number;
  readonly name: string;
  /** What a host must have for it. */
  readonly flags: string;
  /** QEMU's model for it. */
  readonly model: string;
  readonly architecture: Architecture;
}

/** ServerCPUList of level 4.7 (45: packaging/dbscripts/upgrade/pre_upgrade/0000_config.sql). */
const SERVER_CPUS: readonly ServerCpu[] = [
  { level: 1, name: 'Intel Nehalem Family', flags: 'vmx,nx,model_Nehalem', model: 'Nehalem', architecture: 'x86_64' },
  {
    level: 2,
    name: 'Secure Intel Nehalem Family',
    flags: 'vmx,spec_ctrl,ssbd,model_Nehalem',
    model: 'Nehalem,+spec-ctrl,+ssbd',
    architecture: 'x86_64',
  },
  {
    level: 3,
    name: 'Intel Westmere Family',
    flags: 'aes,vmx,nx,model_Westmere',
    model: 'Westmere',
    architecture: 'x86_64',
  },
  {
    level: 4,
    name: 'Secure Intel Westmere Family',
    flags: 'aes,vmx,spec_ctrl,ssbd,model_Westmere',
    model: 'Westmere,+pcid,+spec-ctrl,+ssbd',
    architecture: 'x86_64',
  },
  {
    level: 5,
    name: 'Intel SandyBridge Family',
    flags: 'vmx,nx,model_SandyBridge',
    model: 'SandyBridge',
    architecture: 'x86_64',
  },
  {
    level: 6,
    name: 'Secure Intel SandyBridge Family',
    flags: 'vmx,spec_ctrl,ssbd,md_clear,model_SandyBridge',
    model: 'SandyBridge,+pcid,+spec-ctrl,+ssbd,+md-clear',
    architecture: 'x86_64',
  },
  {
    level: 7,
    name: 'Intel IvyBridge Family',
    flags: 'vmx,nx,model_IvyBridge',
    model: 'IvyBridge',
    architecture: 'x86_64',
  },
  {
    level: 8,
    name: 'Secure Intel IvyBridge Family',
    flags: 'vmx,spec_ctrl,ssbd,md_clear,model_IvyBridge',
    model: 'IvyBridge,+pcid,+spec-ctrl,+ssbd,+md-clear',
    architecture: 'x86_64',
  },
  {
    level: 9,
    name: 'Intel Haswell Family',
    flags: 'vmx,nx,model_Haswell-noTSX',
    model: 'Haswell-noTSX',
    architecture: 'x86_64',
  },
  {
    level: 10,
    name: 'Secure Intel Haswell Family',
    flags: 'vmx,spec_ctrl,ssbd,md_clear,model_Haswell-noTSX',
    model: 'Haswell-noTSX,+spec-ctrl,+ssbd,+md-clear',
    architecture: 'x86_64',
  },
  {
    level: 11,
    name: 'Intel Broadwell Family',
    flags: 'vmx,nx,model_Broadwell-noTSX',
    model: 'Broadwell-noTSX',
    architecture: 'x86_64',
  },
  {
    level: 12,
    name: 'Secure Intel Broadwell Family',
    flags: 'vmx,spec_ctrl,ssbd,md_clear,model_Broadwell-noTSX',
    model: 'Broadwell-noTSX,+spec-ctrl,+ssbd,+md-clear',
    architecture: 'x86_64',
  },
  {
    level: 13,
    name: 'Intel Skylake Client Family',
    flags: 'vmx,nx,model_Skylake-Client',
    model: 'Skylake-Client,-hle,-rtm,-mpx',
    architecture: 'x86_64',
  },
  {
    level: 14,
    name: 'Secure Intel Skylake Client Family',
    flags: 'vmx,ssbd,md_clear,model_Skylake-Client-noTSX-IBRS',
    model: 'Skylake-Client-noTSX-IBRS,+ssbd,+md-clear,-mpx',
    architecture: 'x86_64',
  },
  {
    level: 15,
    name: 'Intel Skylake Server Family',
    flags: 'vmx,nx,model_Skylake-Server',
    model: 'Skylake-Server,-hle,-rtm,-mpx',
    architecture: 'x86_64',
  },
  {
    level: 16,
    name: 'Secure Intel Skylake Server Family',
    flags: 'vmx,ssbd,md_clear,model_Skylake-Server-noTSX-IBRS',
    model: 'Skylake-Server-noTSX-IBRS,+ssbd,+md-clear,-mpx',
    architecture: 'x86_64',
  },
  {
    level: 17,
    name: 'Intel Cascadelake Server Family',
    flags: 'vmx,model_Cascadelake-Server',
    model: 'Cascadelake-Server,-hle,-rtm,-mpx',
    architecture: 'x86_64',
  },
  {
    level: 18,
    name: 'Secure Intel Cascadelake Server Family',
    flags: 'vmx,model_Cascadelake-Server-noTSX',
    model: 'Cascadelake-Server-noTSX,-mpx',
    architecture: 'x86_64',
  },
  {
    level: 19,
    name: 'Intel Icelake Server Family',
    flags: 'vmx,model_Icelake-Server-noTSX',
    model: 'Icelake-Server-noTSX,-mpx',
    architecture: 'x86_64',
  },
  {
    level: 20,
    name: 'Secure Intel Icelake Server Family',
    flags:
      'vmx,arch-capabilities,rdctl-no,ibrs-all,skip-l1dfl-vmentry,mds-no,pschange-mc-no,model_Icelake-Server-noTSX',
    model:
      'Icelake-Server-noTSX,+arch-capabilities,+rdctl-no,+ibrs-all,+skip-l1dfl-vmentry,+mds-no,+pschange-mc-no,-mpx',
    architecture: 'x86_64',
  },
  { level: 1, name: 'AMD Opteron G4', flags: 'svm,nx,model_Opteron_G4', model: 'Opteron_G4', architecture: 'x86_64' },
  { level: 2, name: 'AMD Opteron G5', flags: 'svm,nx,model_Opteron_G5', model: 'Opteron_G5', architecture: 'x86_64' },
  { level: 3, name: 'AMD EPYC', flags: 'svm,nx,model_EPYC', model: 'EPYC', architecture: 'x86_64' },
  {
    level: 4,
    name: 'Secure AMD EPYC',
    flags: 'svm,nx,ibpb,ssbd,model_EPYC',
    model: 'EPYC,+ibpb,+virt-ssbd',
    architecture: 'x86_64',
  },
  { level: 1, name: 'IBM POWER8', flags: 'powernv,model_POWER8', model: 'POWER8', architecture: 'ppc64' },
  { level: 2, name: 'IBM POWER9', flags: 'powernv,model_POWER9', model: 'POWER9', architecture: 'ppc64' },
  { level: 1, name: 'IBM z114, z196', flags: 'sie,model_z196-base', model: 'z196-base', architecture: 's390x' },
  { level: 2, name: 'IBM zBC12, zEC12', flags: 'sie,model_zEC12-base', model: 'zEC12-base', architecture: 's390x' },
  { level: 3, name: 'IBM z13s, z13', flags: 'sie,model_z13-base', model: 'z13-base', architecture: 's390x' },
  { level: 4, name: 'IBM z14', flags: 'sie,model_z14-base', model: 'z14-base', architecture: 's390x' },
];

/** Those of the cloud's architectures. */
export const serverCpus = (architectures: readonly Architecture[]): readonly ServerCpu[] =>
  SERVER_CPUS.filter(({ architecture }) => architectures.includes(architecture));

/** The type of a cluster's processors: that of their model, or of its level if the level knows no later one. */
export const serverCpuOf = (model: NonNullable<Cluster['processors']>): string | undefined =>
  SERVER_CPUS.find((cpu) => cpu.model.startsWith(model === 'POWER10' ? 'POWER9' : model))?.name;

/** As the option ServerCPUList writes them. */
export const serverCpuList = (architectures: readonly Architecture[]): string =>
  serverCpus(architectures)
    .map(({ level, name, flags, model, architecture }) => `${[level, name, flags, model, architecture].join(':')};`)
    .join(' ');
