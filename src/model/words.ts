/** The names in texts for clients of the cloud behind the gateway: `{cloud}` and `{hypervisor}` in them. */
export interface Words {
  /** The product: PowerVC, OpenStack, Power Virtual Server. */
  readonly cloud: string;
  /** What runs its VMs, as far as the product tells: PowerVM, Nova. */
  readonly hypervisor: string;
}

/** The text with a backend's words. */
export const worded = (text: string, words: Words): string =>
  text.replace(/\{(cloud|hypervisor)\}/g, (_, word: keyof Words) => words[word]);
