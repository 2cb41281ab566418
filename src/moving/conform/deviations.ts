import { parse } from 'yaml';

/**
 * What is known to differ: a YAML list of `check` (a name, or its beginning with `*`), `why`, and `api` where it is of
 * one version.
 */
export interface Deviations {
  /** Why a check is known to differ; undefined when it is not. */
  whyOf(check: string, api: string): string | undefined;
}

export const noDeviations: Deviations = { whyOf: () => undefined };

/** A file that is no list of deviations. */
export class DeviationsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeviationsError';
  }
}

interface Entry {
  readonly check: string;
  readonly why: string;
  readonly api?: string | number;
}

const isEntry = (value: unknown): value is Entry => {
  const { check, why, api } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof check === 'string' &&
    typeof why === 'string' &&
    (api === undefined || ['string', 'number'].includes(typeof api))
  );
};

/** @throws DeviationsError */
export function readDeviations(text: string, file: string): Deviations {
  let list: unknown;
  try {
    list = parse(text) ?? [];
  } catch (error) {
    throw new DeviationsError(`${file}: ${(error as Error).message}`, { cause: error });
  }
  if (!Array.isArray(list) || !list.every(isEntry))
    throw new DeviationsError(`${file}: a list of entries with check and why (and api) is expected`);
  const entries: readonly Entry[] = list;
  const fits = (name: string, check: string): boolean =>
    name.endsWith('*') ? check.startsWith(name.slice(0, -1)) : name === check;
  return {
    whyOf: (check, api) =>
      entries.find((one) => fits(one.check, check) && (one.api === undefined || String(one.api) === api))?.why,
  };
}
