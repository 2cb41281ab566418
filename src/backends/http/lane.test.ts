import { describe, expect, it } from 'vitest';
import { Fault, Turnstile, WaitingClient, type Requester } from '../../model/index.js';
import { Breaker } from './breaker.js';
import { Lane } from './lane.js';

function requester(committed = false): Requester & { leave(): void } {
  const waiting = new WaitingClient();
  if (committed) waiting.commit();
  return Object.assign(waiting, {
    leave: () => WaitingClient.prototype.leave.call(waiting, new Fault('request.gone')),
  });
}

/** What has come to pass by the next turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a turnstile', () => {
  it('admits a number of calls, lets a number wait, and refuses the others', async () => {
    const stile = new Turnstile(2, 1);
    const inside = [await stile.enter(requester()), await stile.enter(requester())];
    let third: (() => void) | undefined;
    const waiting = stile.enter(requester()).then((leave) => (third = leave));
    expect(await stile.enter(requester())).toBeUndefined();
    expect([stile.running, stile.waiting, stile.shed]).toEqual([2, 1, 1]);
    inside[0]?.();
    await waiting;
    expect([stile.running, stile.waiting]).toEqual([2, 0]);
    inside[0]?.();
    inside[1]?.();
    third?.();
    expect(stile.running).toBe(0);
  });

  it('lets calls of requests that have begun a change go first, however many wait', async () => {
    const stile = new Turnstile(1, 1);
    const leave = await stile.enter(requester());
    const order: string[] = [];
    const comes = async (name: string, who?: Requester): Promise<void> => {
      const left = await stile.enter(who);
      order.push(name);
      left?.();
    };
    const all = [comes('reader', requester()), comes('begun', requester(true)), comes('work')];
    leave?.();
    await Promise.all(all);
    expect(order).toEqual(['begun', 'work', 'reader']);
  });

  it('forgets those whose client has left', async () => {
    const stile = new Turnstile(1, 5);
    const leave = await stile.enter(undefined);
    const [gone, stays] = [requester(), requester()];
    const refused = expect(stile.enter(gone)).rejects.toMatchObject({ code: 'request.gone' });
    const waiting = stile.enter(stays);
    gone.leave();
    await refused;
    expect(stile.waiting).toBe(1);
    leave?.();
    (await waiting)?.();
    await expect(stile.enter(gone)).rejects.toMatchObject({ code: 'request.gone' });
    expect(stile.running).toBe(0);
  });
});

describe('a breaker', () => {
  let now = 0;
  const created = (): Breaker => {
    now = 0;
    return new Breaker({ failures: 3, withinMs: 100, pauseMs: 1000 }, () => now);
  };
  const fail = (breaker: Breaker, times = 1): void => {
    for (let n = 0; n < times; n += 1) breaker.begin()('failed');
  };

  it('opens after failures in a row, for some time without success', () => {
    const breaker = created();
    fail(breaker, 5);
    expect(breaker.state).toBe('closed');
    now = 100;
    fail(breaker);
    expect([breaker.state, breaker.waitMs]).toEqual(['open', 1000]);
    const other = created();
    now = 100;
    fail(other, 2);
    other.begin()('ok');
    now = 250;
    fail(other, 2);
    other.begin()('unknown');
    expect(other.state).toBe('closed');
    fail(other);
    expect(other.state).toBe('open');
  });

  it('lets one call try: its outcome closes it or keeps it open', () => {
    const breaker = created();
    now = 100;
    fail(breaker, 3);
    now = 1100;
    expect([breaker.state, breaker.waitMs]).toEqual(['half-open', 0]);
    const first = breaker.begin();
    expect(breaker.waitMs).toBeGreaterThan(0);
    first('failed');
    expect([breaker.state, breaker.waitMs]).toEqual(['open', 1000]);
    now = 2100;
    breaker.begin()('unknown');
    expect([breaker.state, breaker.waitMs]).toEqual(['half-open', 0]);
    breaker.begin()('ok');
    expect([breaker.state, breaker.waitMs]).toEqual(['closed', 0]);
  });

  it('is not kept open by calls that had begun before', () => {
    const breaker = created();
    const late = breaker.begin();
    now = 100;
    fail(breaker, 3);
    now = 900;
    late('failed');
    expect(breaker.waitMs).toBe(200);
  });

  it('never opens when it is disabled', () => {
    const breaker = new Breaker({ failures: 0, withinMs: 0, pauseMs: 1000 }, () => now);
    fail(breaker, 50);
    expect(breaker.state).toBe('closed');
  });
});

describe('a lane to a service', () => {
  const settings = { connections: 1, queue: 1, breaker: { failures: 1, withinMs: 0, pauseMs: 60_000 } };
  const failing = (): Promise<never> => Promise.reject(new Error('no'));

  it('refuses at once calls that may not wait, and all calls while the service is down', async () => {
    const lane = new Lane('Nova', 'compute', settings);
    let end = (_: string): void => undefined;
    const first = lane.through(
      requester(),
      () => new Promise<string>((resolve) => (end = resolve)),
      () => 'ok',
    );
    const second = lane.through(requester(), failing, () => 'failed');
    const refused = expect(second).rejects.toThrow('no');
    await expect(lane.through(requester(), failing, () => 'ok')).rejects.toMatchObject({
      code: 'backend.overloaded',
      status: 503,
      values: { retryAfter: 1 },
    });
    expect(lane.load).toEqual({ service: 'compute', running: 1, waiting: 1, shed: 1, breaker: 'closed' });
    await turn();
    end('done');
    expect(await first).toBe('done');
    await refused;
    await expect(lane.through(undefined, failing, () => 'ok')).rejects.toMatchObject({
      code: 'backend.down',
      status: 503,
    });
    expect(lane.load).toMatchObject({ running: 0, waiting: 0, breaker: 'open' });
  });
});
