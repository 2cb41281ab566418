import type { ProtocolSettings } from './settings.js';

/**
 * What the root document says of the product. In version 3 the numbers are attributes, and stand beside `full_version`.
 */
export interface Product {
  readonly name: string;
  readonly vendor: string;
  readonly version: {
    readonly major: number;
    readonly minor: number;
    readonly build: number;
    readonly revision: number;
  };
  readonly full_version: string;
}

export function productOf({ productName, productVendor, productVersion }: ProtocolSettings): Product {
  const [major = 0, minor = 0, build = 0, revision = 0] = productVersion
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);
  return {
    name: productName,
    vendor: productVendor,
    version: { major, minor, build, revision },
    full_version: productVersion,
  };
}
