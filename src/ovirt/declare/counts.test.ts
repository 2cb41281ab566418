import { describe, expect, test } from 'vitest';
import { Counts, type Counting, type Summary } from './counts.js';

const login = { user: { id: 'u', name: 'u' }, project: { id: 'p', name: 'p' } };
const other = { ...login, user: { id: 'v', name: 'v' } };

const turn = () => new Promise((resolve) => setImmediate(resolve));

function cloud(maxAgeMs = 1000) {
  let now = 0;
  let times = 0;
  let fails = false;
  let partial = false;
  /** Walks that were begun, whether they fail, and what was told of that. */
  let begun = 0;
  let breaks = false;
  const failures: unknown[] = [];
  /** Ends the walks through a fleet of several pages; absent while the fleet is small. */
  let walks: (() => void)[] | undefined;
  const counts = new Counts(
    maxAgeMs,
    () => now,
    (error) => failures.push(error),
  );
  async function count(): Promise<Summary> {
    await Promise.resolve();
    if (fails) throw new Error('no cloud');
    times += 1;
    const one = { total: times, active: 0 };
    return { users: one, ...(partial ? {} : { vms: one, hosts: one, storage_domains: one }) };
  }
  function begin(): Counting {
    const counted = count();
    if (!walks) return { soon: counted, whole: () => counted };
    const whole = async (): Promise<Summary> => {
      begun += 1;
      await new Promise<void>((resolve) => walks?.push(resolve));
      if (breaks) throw new Error('cut');
      return counted;
    };
    return { soon: counted.then(({ vms: _, ...others }) => others), whole };
  }
  return {
    counts,
    begun: () => begun,
    failures,
    cut: (value: boolean) => (breaks = value),
    /** From now on the VMs are more than a page; gives what ends the walks that were begun. */
    grow: () => {
      walks = [];
      return async () => {
        for (const end of walks?.splice(0) ?? []) end();
        await turn();
      };
    },
    vms: async () => (await counts.get(login, begin)).vms?.total,
    pass: (milliseconds: number) => (now += milliseconds),
    fail: (value: boolean) => (fails = value),
    lack: (value: boolean) => (partial = value),
    ask: async (who = login) => (await counts.get(who, begin)).users.total,
  };
}

describe('the counts of the root document', () => {
  test('are not remembered while a service is down', async () => {
    const { ask, lack } = cloud();
    lack(true);
    expect([await ask(), await ask()]).toEqual([1, 2]);
    lack(false);
    expect([await ask(), await ask()]).toEqual([3, 3]);
  });
  test('are counted once for requests that come at once, and remembered', async () => {
    const { ask } = cloud();
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    expect(await ask()).toBe(1);
  });

  test('are those of the login', async () => {
    const { ask } = cloud();
    expect([await ask(), await ask(other)]).toEqual([1, 2]);
  });

  test('are counted anew in the background from half their age on', async () => {
    const { ask, pass } = cloud();
    await ask();
    pass(600);
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    await turn();
    expect(await ask()).toBe(2);
  });

  test('are never older than they may be', async () => {
    const { ask, pass } = cloud();
    await ask();
    pass(1001);
    expect(await ask()).toBe(2);
  });

  test('are counted anew after a change, a count under way at that moment too', async () => {
    const { counts, ask, pass } = cloud();
    await ask();
    pass(600);
    await ask();
    counts.forget();
    await turn();
    expect(await ask()).toBe(3);
  });

  test('a failure is reported, and not cached', async () => {
    const { ask, fail } = cloud();
    fail(true);
    await expect(ask()).rejects.toThrow('no cloud');
    fail(false);
    expect(await ask()).toBe(1);
  });

  test('a large fleet is counted in the background: the last known counts are shown, none before the first is complete', async () => {
    const { vms, grow, pass, counts } = cloud();
    const walked = grow();
    expect([await vms(), await vms()]).toEqual([undefined, undefined]);
    await walked();
    expect(await vms()).toBe(1);
    pass(2000);
    expect([await vms(), await vms()]).toEqual([1, 1]);
    await walked();
    expect(await vms()).toBe(2);
    counts.forget();
    expect([await vms(), await vms()]).toEqual([2, 2]);
    await walked();
    expect(await vms()).toBe(3);
  });

  test('a count during which something changed is discarded', async () => {
    const { vms, grow, counts } = cloud();
    const walked = grow();
    await vms();
    counts.forget();
    await walked();
    expect(await vms()).toBe(undefined);
    await walked();
    expect(await vms()).toBe(2);
  });

  test('however many changes interrupt a count, one runs at a time', async () => {
    const { vms, grow, counts, begun } = cloud();
    const walked = grow();
    for (let changes = 0; changes < 5; changes += 1) {
      await vms();
      await turn();
      counts.forget();
    }
    expect(begun()).toBe(1);
    await walked();
    await vms();
    await turn();
    expect(begun()).toBe(2);
    await walked();
    expect(await vms()).toBeGreaterThan(1);
  });

  test('a failed count is logged, and repeated', async () => {
    const { vms, grow, cut, failures } = cloud();
    const walked = grow();
    cut(true);
    await vms();
    await turn();
    await walked();
    expect(failures).toEqual([new Error('cut')]);
    cut(false);
    await vms();
    await turn();
    await walked();
    expect(await vms()).toBe(2);
  });

  test('0 remembers nothing', async () => {
    const { ask } = cloud(0);
    expect([await ask(), await ask()]).toEqual([1, 2]);
  });
});
