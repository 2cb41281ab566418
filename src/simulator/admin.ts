import { parseFaultRule } from './faults.js';
import { isObject } from './json.js';
import { Refusal } from './refusal.js';
import type { Recorder } from './recorder.js';
import { created, match, noContent, ok, route, type Answer, type SimulatedCall, type Route } from './router.js';
import type { Inventory } from './world/types.js';
import type { World } from './world/world.js';

/** Runs `act`, and answers 400 with the reason if it throws for a bad body. */
function checked<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof SyntaxError) throw new Refusal(400, cause.message, { cause });
    throw cause;
  }
}

function removeFault(call: SimulatedCall, world: World): Answer {
  if (!world.faults.remove(Number(call.params.fault)))
    throw new Refusal(404, `There is no fault rule ${call.params.fault ?? ''}.`);
  return noContent;
}

function advance(call: SimulatedCall, world: World): Answer {
  const ms = isObject(call.body) ? call.body.ms : undefined;
  if (typeof ms !== 'number' || !(ms >= 0)) throw new Refusal(400, 'ms is a number of milliseconds, 0 or more.');
  world.clock.advance(ms);
  world.work.settle(world);
  return ok({ now: new Date(world.clock.now()).toISOString() });
}

/** The admin entry point's routes: see index.ts for its documentation. */
export function adminRoutes(recorder: Recorder): readonly Route[] {
  return [
    route('GET', '/faults', '', (_, world) => ok({ faults: world.faults.list() })),
    route('POST', '/faults', '', (call, world) =>
      created({ id: checked(() => world.faults.add(parseFaultRule(call.body))) }),
    ),
    route('DELETE', '/faults', '', (_, world) => {
      world.faults.clear();
      return noContent;
    }),
    route('DELETE', '/faults/{fault}', '', removeFault),
    route('GET', '/state', '', (_, world) => ok({ ...world.save() })),
    route('PUT', '/state', '', (call, world) => {
      checked(() => {
        world.load(call.body as Inventory);
      });
      return noContent;
    }),
    route('GET', '/calls', '', () => ok({ calls: recorder.calls })),
    route('DELETE', '/calls', '', () => {
      recorder.clear();
      return noContent;
    }),
    route('POST', '/advance', '', advance),
    route('DELETE', '/tokens', '', (_, world) => {
      world.tokens.clear();
      return noContent;
    }),
  ];
}

/** Answers a request to the admin entry point. */
export async function executeAdmin(routes: readonly Route[], call: SimulatedCall, world: World): Promise<Answer> {
  try {
    const found = match(routes, call.method, call.path, world.settings.cloud);
    if (found === undefined)
      throw new Refusal(404, `There is no ${call.method} ${call.path} at the admin entry point.`);
    if (call.body instanceof SyntaxError) throw new Refusal(400, 'The body is no JSON.', { cause: call.body });
    return await found.route.handler({ ...call, params: found.params }, world);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: { error: error.message } };
  }
}
