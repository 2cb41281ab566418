import { plainInventory } from '../../../src/simulator/index.js';
import { powerVsIds } from '../../../src/simulator/powervs/index.js';
import { startTestbed } from '../../support/testbed.js';
import { startPowerVsGateway } from '../../support/powervs-gateway.js';

export const clouds = ['powervc', 'openstack', 'powervs'] as const;
export type Cloud = (typeof clouds)[number];

/** A gateway that speaks version 4, and what a client names of the cloud behind it. */
export interface Place {
  readonly cloud: Cloud;
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** A VM of the simulator's inventory. */
  readonly vm: string;
  readonly cluster: string;
  readonly template: string;
  /** A storage domain for data. */
  readonly domain: string;
  close(): Promise<void>;
}

const named = {
  powervc: { vm: 'rhel94-app01', cluster: 'Default Group', template: 'RHEL 9.4', domain: 'FlashSystem base' },
  powervs: { vm: 'rhel94-app01', cluster: 's1022', template: 'RHEL 9.4', domain: 'tier3' },
};

/** For a whole day of a client on one of the simulators. */
export async function startPlace(cloud: Cloud): Promise<Place> {
  const user = 'admin@internal';
  if (cloud !== 'powervs') {
    const testbed = await startTestbed({ cloud, ...(cloud === 'openstack' && { inventory: plainInventory }) });
    const url = testbed.gateways[0]?.url ?? '';
    return { cloud, url, user, password: 'powervc', ...named.powervc, close: () => testbed.close() };
  }
  const { gateway, close } = await startPowerVsGateway();
  return {
    cloud,
    url: gateway.url,
    user,
    password: powerVsIds.apiKey,
    ...named.powervs,
    close,
  };
}
