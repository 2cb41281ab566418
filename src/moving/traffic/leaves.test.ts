import { expect, it } from 'vitest';
import { required } from '../../invariant.js';
import { differencesOf, treeOf } from './leaves.js';

const vm = (name: string, state: string): string =>
  `<vm id="${name}"><name>${name}</name><status>${state}</status><description></description></vm>`;
const differences = (a: string, b: string): string[] => {
  const [old, other] = [a, b].map((items) => required(treeOf(`<vms>${items}</vms>`, 'vms'), 'a document'));
  return differencesOf(required(old, 'the old'), required(other, 'the other'));
};

it('names what only one side has, once, and compares the others', () => {
  const [a, b, c] = [vm('a', 'up'), vm('b', 'down'), vm('c', 'up')];
  expect(differences(a + b + c, b + a)).toEqual(['vms/vm: c -> nothing']);
  expect(differences(a, b)).toEqual(['vms/vm: a -> b']);
  expect(differences('', a)).toEqual(['vms/vm: nothing -> a']);
  expect(differences(a + b, vm('a', 'down') + b + c)).toEqual([
    'vms/vm: nothing -> c',
    'vms/vm/status: 1 x up -> 1 x down',
  ]);
  expect(differences(a, vm('a', 'down'))).toEqual(['vms/vm/status: up -> down']);
});

it('counts the values of items without a name', () => {
  const event = (code: number): string => `<event id="${code}"><code>${code}</code><text/></event>`;
  expect(differences(event(1) + event(1) + event(2), event(2) + event(3))).toEqual([
    'vms/event@id: 1 x * -> nothing',
    'vms/event/code: 2 x 1 -> 1 x 3',
    'vms/event/text: 1 x empty -> nothing',
  ]);
});
