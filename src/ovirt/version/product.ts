/** The product in the root document. In version 3 the numbers are attributes beside `full_version`. */
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
  /** The same for version 4, which has version numbers of its own. */
  readonly version4: {
    readonly major: number;
    readonly minor: number;
    readonly build: number;
    readonly revision: number;
    readonly full_version: string;
  };
}

/** What an operator calls it (`ProtocolSettings`). */
interface ProductSettings {
  readonly productName: string;
  readonly productVendor: string;
  readonly productVersion: string;
  readonly productVersion4: string;
}

export function productOf({ productName, productVendor, productVersion, productVersion4 }: ProductSettings): Product {
  return {
    name: productName,
    vendor: productVendor,
    version: numbersOf(productVersion),
    full_version: productVersion,
    version4: { ...numbersOf(productVersion4), full_version: productVersion4 },
  };
}

/** `4.5.7-1.el9` → 4, 5, 7, 0: parts that are not numbers are left out. */
function numbersOf(version: string): Product['version'] {
  const [major = 0, minor = 0, build = 0, revision = 0] = version
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);
  return { major, minor, build, revision: /-/.test(version) ? 0 : revision };
}
