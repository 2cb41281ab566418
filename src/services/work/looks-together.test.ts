import { expect, it } from 'vitest';
import type { Disk } from '../../model/index.js';
import { LooksTogether } from './looks-together.js';

const [a, b]: readonly Disk[] = ['a', 'b'].map((id) => ({ id, name: id, sizeBytes: 1, status: 'ok' }) as Disk);
const both = [a!, b!];

it('volumes that wait for the next look are read by one list, the first look by none', async () => {
  let lists = 0;
  const looks = new LooksTogether(async () => {
    lists += 1;
    return [both[1]!];
  }, both);
  expect(await Promise.all([looks.at('a'), looks.at('b')])).toEqual(both);
  expect(lists).toBe(0);
  expect(await Promise.all([looks.at('a'), looks.at('b')])).toEqual([undefined, both[1]]);
  expect(lists).toBe(1);
});

it('a volume that is done with does not hold up the look at the others', async () => {
  const looks = new LooksTogether(async () => both, both);
  await Promise.all([looks.at('a'), looks.at('b')]);
  const next = looks.at('b');
  looks.end('a');
  expect(await next).toBe(both[1]);
});

it('each volume that waits gets the failure of the list, and the next look is another list', async () => {
  let fails = true;
  const looks = new LooksTogether(async () => {
    if (fails) throw new Error('503');
    return both;
  }, both);
  await Promise.all([looks.at('a'), looks.at('b')]);
  const failed = await Promise.allSettled([looks.at('a'), looks.at('b')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await Promise.all([looks.at('a'), looks.at('b')])).toEqual(both);
});
