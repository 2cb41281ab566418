import { Fault, nameId, type Nic, type ReportedDevice } from '../../model/index.js';
import type { Scope } from '../context.js';
import * as nics from '../nics/index.js';

/**
 * PowerVC knows a part of what oVirt's guest agent reports: the addresses that its networks assigned. A NIC without an
 * address, or unplugged, has nothing to report (docs/reference/ovirt.md, section 11).
 */
const asDevice = ({ id, name, mac, addresses, vm }: Nic): ReportedDevice => ({
  id: nameId('reporteddevice', id),
  ...(name !== undefined && { name }),
  type: 'network',
  ...(mac !== undefined && { mac }),
  ...(addresses && { addresses }),
  ...(vm && { vm }),
});

const reports = ({ plugged, addresses }: Nic): boolean =>
  plugged === true && addresses !== undefined && addresses.length > 0;

/** Two calls: those of `nics.list`. */
export const list = async (scope: Scope, vmId: string): Promise<ReportedDevice[]> =>
  (await nics.list(scope, vmId)).filter(reports).map(asDevice);

export const ofNic = async (scope: Scope, vmId: string, nicId: string): Promise<ReportedDevice[]> =>
  [await nics.get(scope, vmId, nicId)].filter(reports).map(asDevice);

export function pick(devices: readonly ReportedDevice[], id: string): ReportedDevice {
  const found = devices.find((device) => device.id === id);
  if (!found) throw new Fault('not-found', { what: 'ReportedDevice', id });
  return found;
}
