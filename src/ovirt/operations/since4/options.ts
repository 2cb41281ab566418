import { Fault } from '../../../model/index.js';
import { declare } from '../../declare/declare.js';
import type { Call, Operation } from '../../declare/operation.js';
import { documentReply } from '../../http/reply.js';
import { serverCpuList } from '../../search/server-cpus.js';

/** A value by its version. */
type Options = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/**
 * The options of an engine's configuration that clients read (docs/reference/v4-wire.md, section 8), of version
 * `general` unless they belong to a compatibility version. AlwaysFilterResultsForWebUi must exist: the VM portal fails
 * without it.
 */
const OPTIONS: Options = {
  AlwaysFilterResultsForWebUi: 'false',
  ClientModeConsoleDefault: 'vnc',
  ClientModeSpiceDefault: 'Auto',
  ClientModeVncDefault: 'Native',
  DefaultGeneralTimeZone: 'Etc/GMT',
  DefaultWindowsTimeZone: 'GMT Standard Time',
  MaxNumOfCpuPerSocket: { '4.7': '254' },
  MaxNumOfThreadsPerCpu: { '4.7': '8' },
  // a map by processor, which the VM portal reads: without it a VM can have one processor
  MaxNumOfVmCpus: { '4.7': '{ppc=384, x86=710, s390x=384}' },
  MaxNumOfVmSockets: { '4.7': '10000' },
  SpiceUsbAutoShare: 'true',
  UserSessionTimeOutInterval: '30',
  WebSocketProxy: 'Off',
};

/** With those that the cloud decides. */
const optionsOf = ({ scope }: Call): Options => ({
  ...OPTIONS,
  ServerCPUList: { '4.7': serverCpuList(scope.session.architectures) },
});

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
      const asked = call.parameters.text('version');
      const values = Object.entries(typeof known === 'string' ? { general: known } : known)
        .map(([version, value]) => ({ value, version }))
        .filter(({ version }) => asked === undefined || version === asked || version === 'general');
      return documentReply(200, call.version.document('system_option'), {
        href: `${call.base}/options/${encodeURIComponent(option)}`,
        id: option,
        name: option,
        values: { system_option_value: values },
      });
    },
  }),
];
