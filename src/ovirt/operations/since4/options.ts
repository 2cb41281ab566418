import type { CpuType, EngineTables } from '../../../generated/engines.js';
import { Fault } from '../../../model/index.js';
import { cpuTypes, engineTables } from '../../../services/engine.js';
import { declare } from '../../declare/declare.js';
import type { Call, Operation } from '../../declare/operation.js';
import { documentReply } from '../../http/reply.js';

type EngineOptions = NonNullable<EngineTables['options']>;

/**
 * The options of an engine's configuration that clients read (docs/reference/v4-wire.md, section 8): of version
 * `general` unless they belong to a compatibility level. That of processors depends on the cloud's.
 */
function optionsOf({ scope }: Call): EngineOptions {
  const tables = engineTables(scope.engine);
  const list = serverCpuList(cpuTypes(scope));
  return { ...tables.options, ServerCPUList: Object.fromEntries(tables.levels.map((level) => [level, list])) };
}

const serverCpuList = (types: readonly CpuType[]): string =>
  types
    .map(
      ({ level, name, flags = '', model = '', architecture }) =>
        `${[level, name, flags, model, architecture].join(':')};`,
    )
    .join(' ');

export const optionOperations: readonly Operation[] = [
  declare<{ readonly option: string }>({
    summary: "One option of an engine's configuration, by its name",
    how: 'The options that clients ask for.',
    support: 'emulated',
    kind: 'get',
    method: 'GET',
    path: '/options/{option:name}',
    rel: 'get',
    title: 'get option',
    answers: 'system_option',
    parameters: ['version'],
    async run(call) {
      const { option } = call.ids;
      const options = optionsOf(call);
      const known = Object.hasOwn(options, option) ? options[option] : undefined;
      if (known === undefined) throw new Fault('not-found', { what: 'option', id: option });
      const requested = call.parameters.text('version');
      const values = Object.entries(typeof known === 'string' ? { general: known } : known)
        .map(([version, value]) => ({ value, version }))
        .filter(({ version }) => requested === undefined || version === requested || version === 'general');
      return documentReply(200, call.version.document('system_option'), {
        href: `${call.base}/options/${encodeURIComponent(option)}`,
        id: option,
        name: option,
        values: { system_option_value: values },
      });
    },
  }),
];
