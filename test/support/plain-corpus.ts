import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { headerOf, type ExchangeAnswer } from '../../src/exchanges/index.js';

/**
 * The conformance corpus on plain OpenStack, simulated or real. The calls are other ones than on PowerVC, and so are sizes and names of hardware: compared are
 * the status, the document's element and a fault's reason. fixtures/openstack.yaml lists what is different there, each with its reason.
 */
export interface Difference { readonly status: number; readonly why: string }
const { skipped, differences } = parse(readFileSync(new URL('../../fixtures/openstack.yaml', import.meta.url), 'utf8')) as { skipped: Record<string, string>; differences: Record<string, Difference> };

/** What is different for an exchange; undefined where nothing is. */
export const differenceOf = (name: string): Difference | undefined => differences[name];

/** What of `=== given` plain OpenStack cannot be made to hold. */
const IBM = { pmemVolumes: 'PowerVM\'s persistent memory', luns: 'PowerVC\'s unmanaged LUNs' } as const;
const SIMULATED = { faults: 'faults that the simulator makes', settings: 'settings of the simulator' } as const;

/** Why an exchange is left out on plain OpenStack; on a real cloud for what only a simulator can be made to do, too. Undefined: it is run. */
export function reasonToSkip(name: string, given: string | undefined, where: 'cloud' | 'simulator'): string | undefined {
  const kinds = Object.keys((parse(given ?? '') ?? {}) as object);
  const only = Object.entries(where === 'cloud' ? { ...IBM, ...SIMULATED } : IBM).find(([kind]) => kinds.includes(kind));
  return only?.[1] ?? (where === 'cloud' ? skipped[name] : undefined);
}

/** What has to be the same on every backend. */
export function essence({ status, headers, body }: ExchangeAnswer): object {
  return {
    status, type: headerOf(headers, 'content-type'),
    element: /^<\?xml[^>]*>\s*<(\w+)/.exec(body)?.[1] ?? '',
    ...(status >= 400 && { reason: /<reason>([^<]*)/.exec(body)?.[1] }),
  };
}
