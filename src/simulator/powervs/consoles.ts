import type { Answer } from '../router.js';
import { idle } from './idle.js';
import { answer, instanceOf, needed, oneOf, route, type Route, type SimulatedCall } from './routes.js';
import { languageOf, languages } from './views.js';
import type { World } from './world.js';

function open(call: SimulatedCall, world: World): Answer {
  idle(instanceOf(call, world), 'ACTIVE');
  const { region } = world.settings;
  const token = world.random.hex(32);
  return answer({ consoleURL: `https://console.${region}.power-iaas.cloud.ibm.com/vnc_auto.html?token=${token}` }, 201);
}

function choose(call: SimulatedCall, world: World): Answer {
  const one = instanceOf(call, world);
  const codes = languages().map(({ code }) => String(code));
  one.consoleLanguage = needed(oneOf(call, 'code', codes), 'code');
  return answer(languageOf(one.consoleLanguage));
}

const CONSOLE = '1:/pvm-instances/{instance}/console';

export const consoleRoutes: readonly Route[] = [
  route('POST', CONSOLE, open),
  route('GET', CONSOLE, (call, world) => {
    instanceOf(call, world);
    return answer({ consoleLanguages: languages() });
  }),
  route('PUT', CONSOLE, choose),
];
