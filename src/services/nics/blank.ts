import { type Network, type Nic, type NicInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { requireAble } from '../fitting.js';
import { missingReference } from '../references.js';

/**
 * NICs without a network: "a blank network id is allowed" (RHEV-M REST guide, table 15.5). A port is always in a
 * network: one with the note `blank` is unplugged, and shown without its network.
 */

/** Whether the client asks for no network; in version 4 with an empty profile. */
export const asksBlank = ({ network, vnicProfile }: NicInput): boolean => network?.id === '' || vnicProfile?.id === '';

/**
 * Whether a new NIC has no network: none is named, neither by itself nor by a profile. Engines from 3.3 take such a NIC
 * (their RSDL requires `nic.name` alone); in version 4 a profile that is absent or has an empty id says the same.
 */
export const isAddedBlank = (input: NicInput): boolean =>
  asksBlank(input) ||
  ![input.network, input.vnicProfile].some((ref) => ref?.id !== undefined || ref?.name !== undefined);

export const isBlankNic = ({ notes }: Nic): boolean => notes?.['blank'] === 'true';

export const BLANK = { blank: 'true' } as const;

/** The notes of a port that is shown with its network again. */
export const withoutBlank = ({ blank: _, ...notes }: Readonly<Record<string, string>> = {}): Record<string, string> =>
  notes;

/** Throws `unsupported` where a NIC without a network cannot be noted; with `port`, where a port cannot become one. */
export function requireBlank(scope: Scope, operation: string, port?: Nic): void {
  requireAble(scope, 'nic.blank', operation, 'A NIC without a network');
  if (port && !isBlankNic(port)) requireAble(scope, 'nic.unplugged', operation, 'A NIC without a network');
}

/** The network of a blank NIC's port: one of the VM's, or the first of all. */
export async function waitingNetwork(scope: Scope, ports: readonly Nic[]): Promise<Pick<Network, 'id'>> {
  const used = ports.find(({ network }) => network?.id !== undefined)?.network?.id;
  if (used !== undefined) return { id: used };
  const [first] = await scope.session.inventory.networks();
  if (!first) throw missingReference('Network', { id: '' });
  return first;
}
