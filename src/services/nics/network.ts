import { required } from '../../invariant.js';
import { Fault, incomplete, propertyOf, type Network, type Nic, type Ref, type NicInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { profileOf } from '../inventory/inventory.js';
import { resolve, resolveNetwork } from '../references.js';

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

export async function wantedNetwork(scope: Scope, input: NicInput): Promise<Network> {
  if (input.network?.id === undefined && input.network?.name === undefined) {
    if (input.vnicProfile) return ofProfile(scope, input.vnicProfile);
    throw incomplete(propertyOf('Nic', 'network'), 'add');
  }
  return resolveNetwork(scope, input.network);
}

/**
 * A profile means its network: version 3 accepts either, version 4 only the profile. Throws `not-found.reference`.
 */
async function ofProfile(scope: Scope, profile: Ref): Promise<Network> {
  const networks = await scope.session.inventory.networks();
  const { id } = resolve(
    'VnicProfile',
    profile,
    networks.map((one) => profileOf(one)),
  );
  return required(
    networks.find((one) => profileOf(one).id === id),
    `the network of vNIC profile ${id}`,
  );
}

export function checkMac(mac: string | undefined): void {
  if (mac !== undefined && !MAC.test(mac))
    throw new Fault('refused', {
      text:
        'MAC address must be in format "HH:HH:HH:HH:HH:HH" where H is a hexadecimal character (either a ' +
        'digit or A-F, case is insignificant).',
    });
}

/** Of the two ways to name it, the one that differs counts: a document that a client sends back has both. */
export async function otherNetwork(
  scope: Scope,
  nic: Nic,
  { network, vnicProfile }: NicInput,
): Promise<Network | undefined> {
  const isNew = (ref: Ref | undefined, now: Ref | undefined): ref is Ref =>
    ref !== undefined &&
    (ref.id !== undefined || ref.name !== undefined) &&
    (now?.id === undefined || ref.id !== now.id);
  const requested = isNew(network, nic.network)
    ? await resolveNetwork(scope, network)
    : isNew(vnicProfile, nic.vnicProfile)
      ? await ofProfile(scope, vnicProfile)
      : undefined;
  return requested?.id === nic.network?.id ? undefined : requested;
}
