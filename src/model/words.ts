/** The names in texts for clients of the cloud behind the gateway: `{cloud}` and `{hypervisor}` in them. */
export interface Words {
  /** The product: PowerVC, OpenStack, Power Virtual Server. */
  readonly cloud: string;
  /** What runs its VMs, as far as the product tells: PowerVM, Nova. */
  readonly hypervisor: string;
  /** What a cluster is there, in the singular: host group, availability zone, system pool. */
  readonly group: string;
  /** What a storage domain is there, in the singular: storage template, volume type, storage tier. */
  readonly storage: string;
}

/** The text with a backend's words. */
export const worded = (text: string, words: Words): string =>
  text.replace(/\{(cloud|hypervisor|group|storage)\}/g, (_, word: keyof Words) => words[word]);

/** The words for texts that are read without knowing the cloud. */
export const anyCloud: Words = {
  cloud: 'the cloud',
  hypervisor: 'the hypervisor',
  group: 'cluster',
  storage: 'storage domain',
};
