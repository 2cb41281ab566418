import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clouds, startPlace, type Place } from './clients/v4/place.js';

type Refused = readonly [body: string, status: number, detail: string];

/** Sizes that an engine refuses (docs/reference/engine-preconditions.md, AddVm 12, 22, 24, 27; UpdateVm 6, 8, 12). */
describe.each(clouds)('a VM on %s', (cloud) => {
  let at: Place;
  let path: string;
  beforeAll(async () => {
    at = await startPlace(cloud);
    const [, found] = await ask('GET', `/v4/vms?search=name%3D${at.vm}`);
    path = `/vms/${/<vm href="[^"]*" id="([^"]*)"/.exec(found)?.[1] ?? ''}`;
  });
  afterAll(() => at?.close());

  async function ask(method: string, to: string, body?: string): Promise<[number, string]> {
    const answer = await fetch(`${at.url}/ovirt-engine/api${to}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${at.user}:${at.password}`)}`,
        accept: 'application/xml',
        'content-type': 'application/xml',
      },
      body,
    });
    return [answer.status, await answer.text()];
  }
  const topology = (version: string, part: string, value: number): string =>
    version === 'v3'
      ? `<cpu><topology ${part}="${value}"/></cpu>`
      : `<cpu><topology><${part}>${value}</${part}></topology></cpu>`;

  describe.each(['v3', 'v4'])('in %s', (version) => {
    const range = (value: number, attribute: string, least: number): string =>
      `The value ${value} of attribute 'vm.${attribute}' is outside of range ${least} to 9007199254740991.`;
    const refused: readonly Refused[] = [
      ['<memory>0</memory>', 400, range(0, 'memory', 1)],
      ['<memory>-1048576</memory>', 400, range(-1048576, 'memory', 1)],
      ['<memory_policy><guaranteed>-1</guaranteed></memory_policy>', 400, range(-1, 'memory_policy.guaranteed', 0)],
      [topology(version, 'sockets', 0), 409, 'Minimum number of sockets cannot be less then 1'],
      [topology(version, 'cores', -1), 409, 'Minimum number of CPU per socket cannot be less than 1'],
      [topology(version, 'threads', 0), 409, 'Minimum number of threads per CPU cannot be less than 1'],
    ];
    const bounded: readonly Refused[] = [
      [
        '<high_availability><priority>101</priority></high_availability>',
        400,
        'VM priority value passed the permitted max value, value should be between 0 and 100.',
      ],
      [
        '<memory>2147483648</memory><memory_policy><guaranteed>4294967296</guaranteed></memory_policy>',
        400,
        'Physical Memory Guaranteed cannot exceed Memory Size.',
      ],
      ...(version === 'v4'
        ? ([
            [
              '<memory>4294967296</memory><memory_policy><max>2147483648</max></memory_policy>',
              409,
              'Memory size (4096MB) cannot exceed maximum memory size (2048MB).',
            ],
          ] as const)
        : []),
    ];
    const mine = cloud === 'powervs' ? refused.filter(([body]) => !body.includes('policy')) : [...refused, ...bounded];

    it.each(mine)(
      'is not changed to %s while it runs, when the size would wait for a start',
      async (body, status, detail) => {
        const before = (await ask('GET', `/${version}${path}`))[1];
        const [answered, said] = await ask('PUT', `/${version}${path}`, `<vm>${body}</vm>`);
        expect([answered, said]).toEqual([status, expect.stringContaining(detail)]);
        expect((await ask('GET', `/${version}${path}`))[1]).toBe(before);
      },
    );

    it.each(mine)('is not made with %s', async (body, status, detail) => {
      const [answered, said] = await ask(
        'POST',
        `/${version}/vms`,
        `<vm><name>limits</name><cluster><name>${at.cluster}</name></cluster><template><name>${at.template}</name></template>${body}</vm>`,
      );
      expect([answered, said]).toEqual([status, expect.stringContaining(detail)]);
      expect((await ask('GET', `/${version}/vms`))[1]).not.toContain('<name>limits</name>');
    });
  });
});
