import { ask, attempt, make, one, time } from './dom.js';
import { fill, matches } from './table.js';

let rows = [];

function row({ kind, client, operation, subject, reason, count, lastAt }) {
  const words = kind === 'ignored' ? subject.split(/[.@?/]/).pop() : operation.replace(/\./g, ' ');
  return make(
    'tr',
    {},
    make('td', {}, client),
    make('td', {}, operation),
    make('td', {}, make('span', { class: kind === 'refused' ? 'bad' : 'warn' }, `${kind} `), make('code', {}, subject)),
    make(
      'td',
      {},
      reason,
      ' ',
      make('a', { href: `#support?find=${encodeURIComponent(words)}` }, `support of ${words}`),
    ),
    make('td', { class: 'n' }, String(count)),
    make('td', {}, time(lastAt)),
  );
}

function draw() {
  const { find } = Object.fromEntries(new FormData(one('#unmet-filter')));
  const shown = rows.filter((one) => matches(find, one.client, one.operation, one.subject, one.reason, one.kind));
  fill(
    '#unmet-list',
    shown.length > 0
      ? shown.map(row)
      : [
          make(
            'tr',
            {},
            make('td', { colspan: '6', class: 'quiet' }, 'Nothing: no request was refused or left out in part.'),
          ),
        ],
  );
}

export async function showUnmet() {
  ({ rows } = await ask('unmet'));
  draw();
}

export function startUnmet() {
  one('#unmet-filter').addEventListener('input', draw);
  one('#unmet-filter').addEventListener('submit', (event) => event.preventDefault());
  one('#unmet-clear').addEventListener('click', () => attempt(clear()));
}

async function clear() {
  await ask('unmet', { method: 'DELETE' });
  await showUnmet();
}
