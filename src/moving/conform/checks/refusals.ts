import { refuseMissing, textOf, type Answer, type Bench } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat } from '../outcomes.js';
import { newVm } from './day-steps.js';

interface ExpectedRefusal {
  readonly status: number;
  readonly reason?: string;
  readonly detail?: RegExp;
}

function expectRefusal(answer: Answer, { status, reason, detail }: ExpectedRefusal): void {
  refuseMissing(answer, false);
  expectThat(answer.status === status, `${status}`, `${answer.status} ${answer.body}`);
  const root = answer.xml();
  const fault = root.name === 'action' ? root.children.find(({ name }) => name === 'fault') : root;
  if (reason !== undefined)
    expectThat(textOf(fault, 'reason') === reason, `reason "${reason}"`, textOf(fault, 'reason') ?? answer.body);
  if (detail)
    expectThat(
      detail.test(textOf(fault, 'detail') ?? ''),
      `detail like ${detail}`,
      textOf(fault, 'detail') ?? answer.body,
    );
}

const vmPath = (bench: Bench): string => `/vms/${bench.need('vm')}`;

/**
 * Requests that must be refused, with the engine's statuses, reasons and texts. They use the VM of the profile `day`.
 */
export const refusalChecks: readonly Check[] = (
  [
    {
      name: 'refuse.incomplete',
      operation: 'vms.add',
      title: 'the refusal of a VM without a name says what is missing',
      source: 'engine: CompletenessAssertor, Messages.properties',
      async run(bench) {
        const answer = await bench.ask('POST', '/vms', { body: '<vm><description>x</description></vm>' });
        expectRefusal(answer, {
          status: 400,
          reason: 'Incomplete parameters',
          detail: /^vm \[.*name.*\] required for add/i,
        });
      },
    },
    {
      name: 'refuse.malformed.xml',
      title: 'XML that is not well-formed is 400',
      source: 'engine: UsageFinder, usage_message',
      async run(bench) {
        const { status } = await bench.ask('POST', '/vms', { body: '<vm><name>' });
        expectThat(status === 400, '400', `${status}`);
      },
    },
    {
      name: 'refuse.malformed.json',
      title: 'JSON that cannot be read is 400',
      source: 'engine: UsageFinder, usage_message',
      async run(bench) {
        const headers = { 'content-type': 'application/json' };
        const { status } = await bench.ask('POST', '/vms', { body: '{"name":', headers });
        expectThat(status === 400, '400', `${status}`);
      },
    },
    {
      name: 'refuse.media-type',
      title: 'a body of an unsupported media type is 415',
      source: 'engine: RESTEasy, @Consumes',
      async run(bench) {
        const { status } = await bench.ask('POST', '/vms', { body: 'x', headers: { 'content-type': 'text/plain' } });
        expectThat(status === 415, '415', `${status}`);
      },
    },
    {
      name: 'refuse.word',
      operation: 'vms.update',
      title: 'a value that is not in its enumeration is refused as invalid',
      source: 'engine: InvalidEnumValueException, "Invalid value"',
      async run(bench) {
        const answer = await bench.ask('PUT', vmPath(bench), { body: '<vm><type>gamer</type></vm>' });
        expectRefusal(answer, { status: 400, reason: 'Invalid value', detail: /gamer/ });
      },
    },
    {
      name: 'refuse.reference',
      operation: 'vms.add',
      title: 'a cluster that does not exist is 404 with a fault',
      source: 'engine: EntityNotFoundException; rbovirt compares /Entity not found/',
      async run(bench) {
        const body = (await newVm(bench, `${bench.name}-none`)).replace(
          /<cluster id="[^"]*"\/>/,
          `<cluster><name>${bench.name}-none</name></cluster>`,
        );
        expectRefusal(await bench.ask('POST', '/vms', { body }), {
          status: 404,
          reason: 'Operation Failed',
          detail: /Entity not found/,
        });
      },
    },
    {
      name: 'refuse.name-taken',
      operation: 'vms.add',
      title: 'a name in use is refused: 400 in version 3, 409 in version 4',
      source: 'engine: AddVmCommand, ACTION_TYPE_FAILED_NAME_ALREADY_USED',
      async run(bench) {
        bench.need('vm');
        const body = await newVm(bench, `${bench.name}-vm`);
        const status = bench.version.protocol.statuses['duplicate-name'] ?? 400;
        expectRefusal(await bench.ask('POST', '/vms', { body }), {
          status,
          reason: 'Operation Failed',
          detail: /^\[.*name/i,
        });
      },
    },
    {
      name: 'refuse.immutable',
      operation: 'vms.update',
      title: 'changing an id answers 409',
      source: 'engine: MutabilityAssertor, "Broken immutability constraint"',
      async run(bench) {
        const body = '<vm id="deadbeef-dead-4bad-8bad-deadbeefdead"/>';
        const answer = await bench.ask('PUT', vmPath(bench), { body });
        expectRefusal(answer, { status: 409, reason: 'Broken immutability constraint', detail: /id/ });
      },
    },
    {
      name: 'refuse.migrate-down',
      operation: 'vms.migrate',
      title: 'migrating a VM that is down answers 409, with the fault inside an action document',
      source: 'engine: MigrateVmCommand; docs/reference/engine-states.md',
      async run(bench) {
        const answer = await bench.ask('POST', `${vmPath(bench)}/migrate`, { body: '<action/>' });
        expectRefusal(answer, { status: 409, detail: /^\[Cannot migrate VM/ });
        expectThat(answer.xml().name === 'action', '<action> with a <fault>', answer.body);
      },
    },
    {
      name: 'refuse.required-of-action',
      operation: 'vms.clone',
      title: 'the refusal of a clone without a name says what is missing',
      source: 'engine: BackendVmResource.doCloneVm, validateParameters',
      async run(bench) {
        const answer = await bench.ask('POST', `${vmPath(bench)}/clone`, { body: '<action/>' });
        expectRefusal(answer, { status: 400, reason: 'Incomplete parameters', detail: /name/ });
      },
    },
    {
      name: 'refuse.mac',
      operation: 'vms.nics.add',
      title: 'an invalid MAC address is 400',
      source: 'engine: VmNic, @Pattern; ACTION_TYPE_FAILED_INVALID_MAC',
      async run(bench) {
        const mac =
          bench.version.protocol.inline === 'detail'
            ? '<mac address="nonsense"/>'
            : '<mac><address>nonsense</address></mac>';
        expectRefusal(
          await bench.ask('POST', `${vmPath(bench)}/nics`, {
            body: `<nic><name>x</name>${mac}</nic>`,
          }),
          { status: 400 },
        );
      },
    },
    {
      name: 'refuse.empty-search-item',
      operation: 'vms.snapshots.get',
      title: 'the id None is 404',
      source: 'Ansible asks for /snapshots/None, and assumes that it exists unless the answer is 404',
      async run(bench) {
        const { status } = await bench.ask('GET', `${vmPath(bench)}/snapshots/None`);
        expectThat(status === 404, '404', `${status}`);
      },
    },
  ] satisfies Omit<Check, 'profile'>[]
).map((check) => ({ ...check, profile: 'full' }));
