import { Fault, nameId } from '../../model/index.js';
import { words } from '../v3/capabilities/words.js';
import { customProperties, storageDomainTypes } from '../v3/capabilities/power.js';
import { processorsOf } from '../v3/capabilities/processors.js';
import { declare } from '../declare/declare.js';
import type { Call, Operation } from '../declare/operation.js';
import { documentReply } from '../http/reply.js';
import { systemsOf } from './systems.js';

/** Compatibility versions of a 3.6 engine: 3 and these. */
const MINORS = [0, 1, 2, 3, 4, 5, 6] as const;

/** The newest is the current one. Ids are made from the version, as engines do. */
function capabilitiesOf({ base, scope }: Call, minor: number) {
  const { architectures } = scope.session;
  const id = nameId('version', `3.${minor}`);
  return {
    href: `${base}/capabilities/${id}`,
    id,
    major: 3,
    minor,
    current: minor === MINORS.at(-1),
    ...words,
    custom_properties: [...customProperties],
    storage_domain_types: [...storageDomainTypes],
    os_types: systemsOf(architectures).map(({ name }) => name),
    ...processorsOf(architectures),
  };
}

const HOW =
  "The values of a 3.6 engine, with {hypervisor}'s processors and properties. Version 4 has cluster levels instead.";

/** docs/reference/ovirt.md, section 2: in version 3 alone. rbovirt looks for custom properties here. */
export const capabilityOperations: readonly Operation[] = [
  declare({
    summary: 'Capabilities of each compatibility version',
    how: HOW,
    support: 'emulated',
    until: '3.6',
    kind: 'list',
    method: 'GET',
    path: '/capabilities',
    rel: 'get',
    title: 'list capabilities',
    answers: 'capabilities',
    run: async (call: Call) =>
      documentReply(200, call.version.document('capabilities'), {
        version: MINORS.map((minor) => capabilitiesOf(call, minor)),
      }),
  }),
  declare<{ readonly capability: string }>({
    summary: 'Capabilities of one compatibility version',
    how: HOW,
    support: 'emulated',
    until: '3.6',
    kind: 'get',
    method: 'GET',
    path: '/capabilities/{capability:id}',
    rel: 'get',
    title: 'get capabilities',
    answers: 'version',
    async run(call) {
      const { ids, version } = call;
      const found = MINORS.map((minor) => capabilitiesOf(call, minor)).find(({ id }) => id === ids.capability);
      if (!found) throw new Fault('not-found', { what: 'Version', id: ids.capability });
      return documentReply(200, version.document('version'), found);
    },
  }),
];
