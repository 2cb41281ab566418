import type { XmlElement } from '../../../codec/index.js';
import { textOf, type Answer, type Bench } from '../bench.js';
import { expectThat, NotRun } from '../outcomes.js';

export const json = { accept: 'application/json' };
export const query = (search: string): string => `/vms?search=${encodeURIComponent(search)}`;

/** Some VM of the endpoint, to read. @throws NotRun if there is none */
export async function anyVm(bench: Bench): Promise<XmlElement> {
  const [vm] = (await bench.good([200], 'GET', '/vms')).xml().children;
  if (!vm) throw new NotRun('there is no VM');
  return vm;
}

export function expectFault(answer: Answer, status: number): void {
  expectThat(answer.status === status, `${status}`, `${answer.status} ${answer.body}`);
  const root = answer.xml();
  expectThat(root.name === 'fault', '<fault>', `<${root.name}>`);
  for (const part of ['reason', 'detail'])
    expectThat((textOf(root, part) ?? '') !== '', `a fault with its ${part}`, answer.body);
}
