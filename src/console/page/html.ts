import type { ConsoleParts } from '../parts.js';
import { playgroundBackends } from '../parts.js';

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

type Shown = Pick<ConsoleParts, 'cloud' | 'simulated' | 'version' | 'simulatorUrl' | 'apiUrl'>;

const document = (title: string, body: string, script = ''): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/console/style.css">${script}</head>
<body>${body}</body></html>
`;

const simulatedMark = ({ simulated }: Shown): string =>
  simulated ? ' <strong class="simulated">SIMULATED</strong>' : '';

/** The form to log in with; it works without script. */
export const loginHtml = (shown: Shown): string =>
  document(
    'Log in to the gateway console',
    `<main class="login"><h1>Gateway console${simulatedMark(shown)}</h1>
<p>In front of ${escape(shown.cloud)}. Log in as an administrator of the cloud (<code>user@profile</code>), or with the login that <code>admin.user</code> sets.</p>
<form method="post" action="/console/login">
<label>User <input name="user" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button>
<p class="refused" role="alert" hidden>The login was refused.</p></form></main>`,
    '<script type="module" src="/console/dom.js"></script>',
  );

const sections: readonly (readonly [id: string, title: string, html: string])[] = [
  ['health', 'Health', '<div id="lights" class="lights"></div><dl id="facts"></dl>'],
  [
    'requests',
    'Live requests',
    `<form id="filter" class="bar"><label>Find <input type="search" name="find" placeholder="correlation id, user, client, path"></label>
<label>Status <select name="status"><option value="">any</option><option value="2">2xx</option><option value="4">4xx</option><option value="5">5xx</option></select></label>
<label class="check"><input type="checkbox" name="live" checked> follow</label><output id="stream"></output></form>
<div class="scroll"><table id="request-list" aria-label="Requests"><thead><tr><th>time</th><th>client</th><th>user</th><th>request</th><th>operation</th><th>status</th><th class="n">ms</th><th class="n">calls</th></tr></thead><tbody></tbody></table></div>
<div id="request-detail" aria-live="polite"></div>`,
  ],
  [
    'unmet',
    'Unmet requests',
    `<p>What clients requested but did not get since this process started: the to-do list of a migration.
<a href="/console/api/unmet?format=csv">CSV</a> <a href="/console/api/unmet">JSON</a></p>
<form id="unmet-filter" class="bar"><label>Find <input type="search" name="find" placeholder="client, operation, field"></label><button type="button" id="unmet-clear">Clear</button></form>
<div class="scroll"><table id="unmet-list" aria-label="Unmet requests"><thead><tr><th>client</th><th>operation</th><th>what</th><th>reason</th><th class="n">count</th><th>last</th></tr></thead><tbody></tbody></table></div>`,
  ],
  [
    'playground',
    'Playground',
    `<p>Paste a curl command or a raw request. It runs on a separate simulated cloud, with a login of that cloud; nothing reaches the real one.</p>
<form id="playground-form"><textarea name="text" rows="9" spellcheck="false" aria-label="The request" placeholder="curl 'https://engine.example.com/ovirt-engine/api/vms?search=status%3Dup'" required></textarea>
<div class="bar"><label>Cloud <select name="backend">${playgroundBackends.map((name) => `<option>${name}</option>`).join('')}</select></label>
<label>Version <select name="version"><option value="">from the path</option><option value="3">3</option><option value="4">4</option></select></label>
<button>Try it</button> <a id="permalink" href="#playground">Link to this</a></div></form><div id="playground-result" aria-live="polite"></div>`,
  ],
  [
    'support',
    'Support',
    `<form id="support-form" class="bar"><label>Find <input type="search" name="find" placeholder="disk size"></label>
<label>Support <select name="support"><option value="">any</option><option>translated</option><option>emulated</option><option>left out</option><option>read only</option><option>refused</option></select></label><output id="support-count"></output></form><div id="support-result"></div>`,
  ],
  [
    'jobs',
    'Jobs',
    `<div class="scroll"><table id="job-list" aria-label="Jobs"><thead><tr><th>began</th><th>job</th><th>object</th><th>user</th><th>state</th><th>last call to the cloud</th><th>correlation id</th></tr></thead><tbody></tbody></table></div>`,
  ],
  [
    'simulator',
    'Simulator',
    `<h3>Faults</h3><table id="fault-list" aria-label="Fault rules"><thead><tr><th>rule</th><th>action</th></tr></thead><tbody></tbody></table>
<form id="fault-form"><textarea name="rule" rows="4" spellcheck="false" aria-label="Fault rule, JSON">{"service": "volume", "method": "POST", "path": "^/volumes$", "then": {"status": 500}}</textarea><button>Add the rule</button></form>
<h3>Clock and logins</h3><form id="clock-form" class="bar"><label>Forward by <input name="seconds" type="number" min="1" value="60"> s</label><button>Advance</button><button type="button" id="end-tokens">End all logins</button></form>
<output id="simulator-result" role="status"></output>`,
  ],
];

/** What to use instead of a section, without script; the list of unmet requests has its links in any case. */
const withoutScript: Readonly<Record<string, (shown: Shown) => string>> = {
  health: () => '<a href="/console/api/health">The health of the services</a>, as JSON.',
  requests: () =>
    '<a href="/console/api/requests">The last requests</a>, as JSON; <code>/console/api/requests/{serial}</code> has the calls of one.',
  playground: () => 'The command <code>ovirt-powervc-gateway translate</code> does the same.',
  support: ({ apiUrl }) =>
    `<a href="${escape(apiUrl)}/api/gateway/support">Supported operations and fields</a>, with a search.`,
  jobs: () => '<a href="/console/api/jobs">The jobs</a>, as JSON.',
  simulator: ({ simulatorUrl = '' }) =>
    `Faults, clock and logins are at <code>${escape(simulatorUrl)}</code> (docs/simulator.md).`,
};

const noScript = (id: string, shown: Shown): string => {
  const text = withoutScript[id]?.(shown);
  return text === undefined ? '' : `<noscript><p>${text}</p></noscript>`;
};

/** The console. Its scripts fill the sections; without script each says what to use instead. */
export function pageHtml(shown: Shown, user: string): string {
  const here = sections.filter(([id]) => id !== 'simulator' || shown.simulatorUrl !== undefined);
  const links = here.map(([id, title]) => `<a href="#${id}">${title}</a>`).join('');
  return document(
    `Gateway console: ${shown.cloud}${shown.simulated ? ' (SIMULATED)' : ''}`,
    `<a class="skip" href="#main">Skip to the content</a>
<header><h1>Gateway console <small>${escape(shown.cloud)} · ${escape(shown.version)}</small>${simulatedMark(shown)}</h1>
<form method="post" action="/console/logout"><span>${escape(user)}</span> <button>Log out</button></form></header>
<nav aria-label="Sections">${links}</nav>
<noscript><p>The console needs JavaScript. Each section says what to use without it.</p></noscript>
<main id="main" tabindex="-1"><p id="trouble" class="bad" role="alert" hidden></p>${here.map(([id, title, html]) => `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${html}${noScript(id, shown)}</section>`).join('\n')}</main>`,
    '<script type="module" src="/console/app.js"></script>',
  );
}
