/** A version 4 UUID that a person can recognise: a word's worth of digits for the kind, and a number. */
export const id = (kind: string, number: number): string =>
  `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Ids of the default inventory, for documents and tests. */
export const defaultIds = {
  project: '1b0de4a0c0de4d0e8f00000000000001',
  otherProject: '1b0de4a0c0de4d0e8f00000000000002',
  admin: 'ad0000000000400080000000000000a1',
  operator: 'ad0000000000400080000000000000a2',
  viewer: 'ad0000000000400080000000000000a3',
  power9: '900942A_78ABC01',
  power10: '910522A_78DEF02',
  flashSystem: 'fs9200-1',
  storwize: 'v7000-1',
  connectivityGroup: id('5c600000', 1),
  servers: {
    aix: id('5e000000', 1),
    rhel: id('5e000000', 2),
    sles: id('5e000000', 3),
    ubuntu: id('5e000000', 4),
    ibmi: id('5e000000', 5),
  },
  types: { base: id('7e000000', 1), thick: id('7e000000', 2), shared: id('7e000000', 3), bulk: id('7e000000', 4) },
  volumes: {
    aixBoot: id('d1500000', 1),
    aixData: id('d1500000', 2),
    rhelBoot: id('d1500000', 3),
    rhelData: id('d1500000', 4),
    slesBoot: id('d1500000', 5),
    ubuntuBoot: id('d1500000', 6),
    ibmiBoot: id('d1500000', 7),
    floating: id('d1500000', 8),
    shared: id('d1500000', 9),
  },
  networks: { vlan100: id('4e700000', 100), vlan200: id('4e700000', 200) },
  subnet: id('5b000000', 100),
  ports: {
    aix: id('40000000', 1),
    rhel: id('40000000', 2),
    sles: id('40000000', 3),
    ubuntu: id('40000000', 4),
    ubuntu2: id('40000000', 5),
    ibmi: id('40000000', 6),
  },
  images: {
    aix: id('1a000000', 1),
    rhel: id('1a000000', 2),
    sles: id('1a000000', 3),
    ubuntu: id('1a000000', 4),
    ibmi: id('1a000000', 5),
    iso: id('1a000000', 9),
  },
  luns: ['60050768019081A4F000000000000A01', '60050768019081A4F000000000000A02', '60050768019081A4F000000000000A03'],
  pmem: id('94e40000', 1),
  vmSnapshot: id('54a00000', 1),
  volumeSnapshots: [id('54a00000', 11), id('54a00000', 12)],
} as const;
