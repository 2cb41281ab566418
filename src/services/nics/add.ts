import { needed, type Nic, type NicInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { fit, ofNic } from '../fitting.js';
import { BLANK, isAddedBlank, requireBlank, waitingNetwork } from './blank.js';
import { beginPort, resumePort, type PendingPort } from '../work/ports.js';
import { stays } from '../work/rivals.js';
import { isPassing, patiently } from '../work/patience.js';
import { may } from '../rules.js';
import { look } from '../vms/find.js';
import { NAME, keepNames, naming, namesakes, checkName, nameTaken } from './names.js';
import { shown, interfaceNote, reportPassthrough } from './shown.js';
import { get } from './find.js';
import { wantedNetwork, checkMac } from './network.js';
import { mark } from './plug.js';

/** Adds a NIC: makes the port first, with the intent in its notes, then plugs it. Undone if the VM refuses it. */
export async function add(scope: Scope, vmId: string, given: NicInput): Promise<Nic> {
  // One without a network is never plugged
  const { plugged: asked, ...others } = given;
  const requested: NicInput = isAddedBlank(given) && asked === false ? others : given;
  const input = fit(scope, ofNic, 'add NIC', requested);
  reportPassthrough(scope, input.interface);
  const vm = await look(scope, vmId);
  const joins = may(scope, 'nic.add', vm).joins || isPassing(vm);
  const name = needed(input.name, NAME, 'add');
  const blank = isAddedBlank(input);
  if (blank) requireBlank(scope, 'add NIC');
  const network = blank ? undefined : await wantedNetwork(scope, input);
  checkMac(input.mac);
  const plugged = input.plugged !== false && !blank;
  const port = await naming(scope, vmId, async () => {
    const all = await shown(scope, vmId);
    checkName(scope, all, name);
    await keepNames(scope, all);
    const created = await scope.session.nics.create({
      name,
      networkId: (
        network ??
        (await waitingNetwork(
          scope,
          all.map(({ port: other }) => other),
        ))
      ).id,
      ...(input.mac !== undefined && { mac: input.mac.toLowerCase() }),
      ...(input.linked !== undefined && { linked: input.linked }),
      notes: {
        vm: vmId,
        ...(blank && BLANK),
        ...interfaceNote(scope, input.interface),
        ...(plugged && { pending: (joins ? 'join' : 'add') satisfies PendingPort }),
      },
    });
    if (await stays(scope, created.id, () => namesakes(scope, vmId, name))) return created;
    await mark(scope, created, vmId, 'remove');
    throw nameTaken(scope);
  });
  // A VM that is being deployed gets it once it is built
  if (plugged && joins) resumePort(scope, { ...port, notes: { vm: vmId, pending: 'join' } });
  else if (plugged) await patiently(scope, beginPort(scope, port.id));
  return get(scope, vmId, port.id);
}
