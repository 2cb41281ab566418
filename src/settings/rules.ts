import type { Settings } from '../generated/settings.js';

/** Rules between settings, which a schema cannot express: `about` is the setting to name. */
const rules: readonly { readonly about: string; readonly broken: (settings: Settings) => string | undefined }[] = [
  {
    about: 'backend.kind',
    broken: ({ backend, powervc }) =>
      backend.kind === 'powervc' && powervc.authUrl === undefined
        ? "is powervc, and powervc.authUrl is not given: set it to Keystone's address, " +
          'such as https://powervc.example.com:5000/v3'
        : undefined,
  },
  {
    about: 'powervs.apiKey',
    broken: ({ powervs }) =>
      powervs.apiKey !== undefined && powervs.password === undefined
        ? 'is a service key, and powervs.password, which clients log in with, is not given'
        : undefined,
  },
  {
    about: 'simulator.inventory',
    broken: ({ simulator: { inventory, vms, hosts, disksPerVm, networks } }) =>
      inventory !== undefined && [vms, hosts, disksPerVm, networks].some((size) => size !== undefined)
        ? 'already defines the inventory: vms, hosts, disksPerVm and networks only apply to the generated one'
        : undefined,
  },
  {
    about: 'operations.pollMs',
    broken: ({ operations }) =>
      operations.pollMs > operations.pollMaxMs
        ? `must not be more than operations.pollMaxMs, ${operations.pollMaxMs}`
        : undefined,
  },
  {
    about: 'server.headersTimeoutMs',
    broken: ({ server }) =>
      server.headersTimeoutMs > server.requestTimeoutMs
        ? `must not be more than server.requestTimeoutMs, ${server.requestTimeoutMs}`
        : undefined,
  },
];

/** The rules that the settings break, one sentence each. */
export const brokenRules = (settings: Settings, origins: ReadonlyMap<string, string>): string[] =>
  rules.flatMap(({ about, broken }) => {
    const text = broken(settings);
    return text === undefined ? [] : [`${origins.get(about) ?? 'default'}: ${about} ${text}`];
  });
