import { attempt, one } from './dom.js';
import { showHealth } from './health.js';
import { showJobs } from './jobs.js';
import { showPlayground, startPlayground } from './playground.js';
import { showRequests } from './requests.js';
import { showSimulator, startSimulator } from './simulator.js';
import { showSupport, startSupport } from './support.js';
import { showUnmet, startUnmet } from './unmet.js';

/** How often the open section refreshes, milliseconds. */
const REFRESH_MS = 3000;

const shows = {
  health: showHealth,
  requests: async () => undefined,
  unmet: showUnmet,
  playground: async (parameters) => showPlayground(parameters),
  support: showSupport,
  jobs: showJobs,
  simulator: showSimulator,
};
const refreshed = new Set(['health', 'unmet', 'jobs']);

/** The section and its parameters: `#support?find=disk`. */
function here() {
  const [id, query = ''] = location.hash.slice(1).split('?');
  return { id: id in shows && one(`#${id}`) ? id : 'health', parameters: new URLSearchParams(query) };
}

function open() {
  const { id, parameters } = here();
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== id;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${id}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  attempt(shows[id](parameters));
}

startUnmet();
startPlayground();
startSupport();
startSimulator();
addEventListener('hashchange', open);
open();
attempt(showRequests());
setInterval(() => {
  const { id, parameters } = here();
  if (refreshed.has(id) && !document.hidden) attempt(shows[id](parameters));
}, REFRESH_MS);
