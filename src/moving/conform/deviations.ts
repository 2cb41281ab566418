import { parse } from 'yaml';

/**
 * Known deviations: a YAML list of `check` (a name, or its beginning followed by `*`), `why`, and `api` if it applies
 * to one version only.
 */
export interface Deviations {
  /** Why a check is known to differ; undefined if it is not. */
  whyOf(check: string, api: string): string | undefined;
}

export const noDeviations: Deviations = { whyOf: () => undefined };

/** The file is not a list of deviations. */
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
    throw new DeviationsError(`${file}: expected a list of entries with check and why (and optionally api)`);
  const entries: readonly Entry[] = list;
  const fits = (name: string, check: string): boolean =>
    name.endsWith('*') ? check.startsWith(name.slice(0, -1)) : name === check;
  return {
    whyOf: (check, api) =>
      entries.find((one) => fits(one.check, check) && (one.api === undefined || String(one.api) === api))?.why,
  };
}
