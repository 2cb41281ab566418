import { ask, attempt, make, one } from './dom.js';

const form = () => one('#playground-form');

function message({ status, headers, body }) {
  return [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', body].join('\n');
}

function shown({ calls, answer, ignored }) {
  return [
    make('h3', {}, 'Answer'),
    make('pre', {}, message(answer)),
    ...(ignored.length > 0
      ? [
          make('h3', {}, 'Left out'),
          ...ignored.map(({ path, why }) => make('p', { class: 'warn' }, make('code', {}, path), ` ${why}`)),
        ]
      : []),
    make('h3', {}, `Calls to the cloud: ${calls.length}`),
    ...calls.map(({ service, method, path, status, body }) =>
      make(
        'details',
        { class: 'group' },
        make('summary', {}, make('code', {}, `${service} ${method} ${path}`), ` ${status}`),
        body === undefined ? make('p', { class: 'quiet' }, 'no body') : make('pre', {}, JSON.stringify(body, null, 2)),
      ),
    ),
  ];
}

async function run() {
  const requested = Object.fromEntries(new FormData(form()));
  const result = one('#playground-result');
  result.replaceChildren(make('p', { class: 'quiet' }, 'Running …'));
  link();
  try {
    const { version, ...others } = requested;
    const exchange = await ask('playground', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(version === '' ? others : requested),
    });
    result.replaceChildren(...shown(exchange));
  } catch (error) {
    result.replaceChildren(make('p', { class: 'bad' }, error.message));
  }
}

/** Logins in a command or in headers. The playground replaces them, so a link that others open can do without. */
function withoutLogins(text) {
  const value = `('[^']*'|"[^"]*"|[^\\s'"]+)`;
  return text
    .replace(new RegExp(`(\\s(?:-[a-z]*u|--user)\\s*)${value}`, 'gi'), '$1user:password')
    .replace(new RegExp(`(\\s(?:-b|--cookie)\\s*)${value}`, 'g'), '$1hidden=1')
    .replace(/(authorization[ \t]*:[ \t]*(?:[a-z]+[ \t]+)?)[^'"\r\n]*/gi, '$1hidden')
    .replace(/(cookie[ \t]*:[ \t]*)[^'"\r\n]*/gi, '$1hidden=1');
}

/**
 * The address that opens the playground with this request. It stays in the browser: the part behind `#` is not sent.
 */
function link() {
  const requested = new URLSearchParams(new FormData(form()));
  requested.set('text', withoutLogins(requested.get('text')));
  one('#permalink').href = `#playground?${requested}`;
}

export function startPlayground() {
  form().addEventListener('input', link);
  form().addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(run());
  });
}

/** Fills the form from a permalink. */
export function showPlayground(parameters) {
  if (!parameters.has('text')) return;
  for (const [name, value] of parameters) if (form().elements[name]) form().elements[name].value = value;
  link();
}
