import { customProperties } from '../../generated/model/custom-properties.js';
import { Fault, nameId } from '../../model/index.js';
import { cpuTypes, engineTables } from '../../services/engine.js';
import { operatingSystemsOf } from '../../services/operating-systems.js';
import { declare } from '../declare/declare.js';
import type { Call, Operation } from '../declare/operation.js';
import { documentReply } from '../http/reply.js';

/** A 3.6 engine knows these architectures; its documents write them in capitals. */
const ARCHITECTURES: ReadonlySet<string> = new Set(['x86_64', 'ppc64']);

/** The capabilities of each level: the newest is the current one. Ids are made from the level, as engines do. */
function capabilitiesOf({ base, scope }: Call) {
  const { architectures } = scope.session;
  const { levels, words, features = [] } = engineTables(scope.engine);
  const common = {
    ...words,
    custom_properties: Object.entries(customProperties.properties).map(([name, regexp]) => ({ name, regexp })),
    os_types: operatingSystemsOf(architectures).map(({ name }) => name),
    cpus: cpuTypes(scope).map(({ name, level, architecture }) => ({
      id: name,
      level,
      architecture: architecture.toUpperCase(),
    })),
    architecture_capabilities: features.map((name) => ({
      name,
      architectures: architectures.filter((one) => ARCHITECTURES.has(one)),
    })),
  };
  return levels.map((level) => {
    const id = nameId('version', level);
    const [major, minor] = level.split('.').map(Number);
    return { href: `${base}/capabilities/${id}`, id, major, minor, current: level === levels.at(-1), ...common };
  });
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
        version: capabilitiesOf(call),
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
      const found = capabilitiesOf(call).find(({ id }) => id === ids.capability);
      if (!found) throw new Fault('not-found', { what: 'Version', id: ids.capability });
      return documentReply(200, version.document('version'), found);
    },
  }),
];
