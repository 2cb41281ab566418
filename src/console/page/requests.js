import { ask, attempt, make, one, pretty, time } from './dom.js';
import { fill, matches } from './table.js';

/** Rows in the page; the server keeps as many as `console.requests`. */
const MOST = 500;
const requests = new Map();
let selected;
let drawing = false;

const kind = (status) => (status >= 500 || status === 0 ? 'bad' : status >= 400 ? 'warn' : 'ok');

function row(request) {
  const { serial, at, client, userAgent, user, method, target, operation, status, milliseconds, calls } = request;
  const line = make(
    'tr',
    { 'data-key': String(serial), 'aria-selected': serial === selected ? 'true' : 'false' },
    make('td', {}, time(at)),
    make('td', { title: userAgent }, client, ' ', make('small', { class: 'quiet' }, userAgent.slice(0, 40))),
    make('td', {}, user),
    make('td', {}, make('button', { type: 'button' }, `${method} ${target}`)),
    make('td', {}, operation),
    make('td', { class: kind(status) }, request.aborted ? 'gone' : String(status), request.ignored > 0 ? ' *' : ''),
    make('td', { class: 'n', 'data-unit': 'ms' }, String(milliseconds)),
    make('td', { class: 'n', 'data-unit': calls === 1 ? 'call' : 'calls' }, String(calls)),
  );
  // a click anywhere on the row opens it; the button is there for the keyboard
  line.addEventListener('click', () => attempt(show(serial)));
  return line;
}

function draw() {
  drawing = false;
  const { find, status } = Object.fromEntries(new FormData(one('#filter')));
  const shown = [...requests.values()]
    .filter((request) => status === '' || String(request.status).startsWith(status))
    .filter(({ correlationId, backendRequestId = '', user, client, userAgent, target, operation, method }) =>
      matches(find, correlationId, backendRequestId, user, client, userAgent, target, operation, method),
    )
    .sort((a, b) => b.serial - a.serial);
  fill('#request-list', shown.slice(0, MOST).map(row));
}

/** At most one drawing a frame, however many requests come. */
function drawSoon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

function add(request) {
  requests.set(request.serial, request);
  if (requests.size > MOST) requests.delete(Math.min(...requests.keys()));
}

/** The calls below each other, each at its place in time. */
function waterfall({ calls, moreCalls, milliseconds }) {
  const end = Math.max(milliseconds, ...calls.map((call) => call.startedMs + call.milliseconds), 1);
  const lines = calls.map((call) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    svg.setAttribute('viewBox', '0 0 100 8');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    rect.setAttribute('x', String((call.startedMs / end) * 100));
    rect.setAttribute('width', String(Math.max((call.milliseconds / end) * 100, 0.4)));
    rect.setAttribute('height', '8');
    svg.append(rect);
    const state = kind(call.status) === 'ok' ? (call.afterAnswer ? 'later' : '') : 'bad';
    return make(
      'details',
      { class: state },
      make(
        'summary',
        {},
        make('code', {}, `${call.service} ${call.method} ${call.path}`),
        make('span', { class: kind(call.status) }, call.status === 0 ? 'no answer' : String(call.status)),
        make('span', { class: 'n' }, `${call.milliseconds.toFixed(1)} ms`),
        svg,
      ),
      call.body === undefined ? undefined : make('pre', { role: 'group', 'aria-label': 'Sent' }, pretty(call.body)),
      call.answer === undefined
        ? undefined
        : make('pre', { role: 'group', 'aria-label': 'Answered' }, pretty(call.answer)),
    );
  });
  return make(
    'div',
    { class: 'waterfall' },
    ...lines,
    moreCalls > 0 ? make('p', { class: 'quiet' }, `${moreCalls} more calls were not kept.`) : undefined,
  );
}

async function show(serial) {
  selected = serial;
  draw();
  const detail = await ask(`requests/${serial}`).catch((error) => ({ error: error.message }));
  const at = one('#request-detail');
  if (detail.error) return at.replaceChildren(make('p', { class: 'quiet' }, detail.error));
  const { method, target, status, fault, ignored, body, curl, correlationId, backendRequestId } = detail;
  const later = detail.calls.some(({ afterAnswer }) => afterAnswer);
  at.replaceChildren(
    make(
      'div',
      { class: 'detail' },
      make('h3', {}, `${method} ${target} `, make('span', { class: kind(status) }, String(status))),
      make(
        'p',
        { class: 'quiet' },
        `Correlation-Id ${correlationId}${backendRequestId ? ` · at the cloud ${backendRequestId}` : ''}`,
      ),
      fault ? make('p', { class: 'bad' }, make('code', {}, fault.code), ` ${fault.detail}`) : undefined,
      ignored.length > 0 ? make('h4', {}, 'Left out') : undefined,
      ...ignored.map(({ path, why }) => make('p', { class: 'warn' }, make('code', {}, path), ` ${why}`)),
      body === undefined ? undefined : make('pre', { role: 'group', 'aria-label': 'The request body' }, body),
      make('h4', {}, `Calls to the cloud${later ? '; amber: after the answer' : ''}`),
      waterfall(detail),
      make('p', {}, copyButton(curl)),
      make('pre', {}, curl),
    ),
  );
}

function copyButton(text) {
  const button = make('button', { type: 'button' }, 'Copy as curl');
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(text).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Select the text below'),
    );
  });
  return button;
}

/** Reads what is kept, then follows what comes. */
export async function showRequests() {
  for (const request of (await ask('requests')).requests) add(request);
  draw();
  one('#filter').addEventListener('input', draw);
  one('#filter').addEventListener('submit', (event) => event.preventDefault());
  const state = one('#stream');
  const stream = new EventSource('/console/api/requests/stream');
  stream.onopen = () => (state.textContent = 'live');
  stream.onerror = () => (state.textContent = 'connection lost; trying again');
  stream.onmessage = ({ data }) => {
    add(JSON.parse(data));
    if (one('#filter [name=live]').checked) drawSoon();
  };
}
