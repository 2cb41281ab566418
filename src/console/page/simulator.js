import { ask, attempt, make, one } from './dom.js';
import { fill } from './table.js';

const result = (text) => (one('#simulator-result').textContent = text);

async function act(what, path, options) {
  try {
    await ask(`simulator/${path}`, options);
    result(what);
  } catch (error) {
    result(error.message);
  }
  await showSimulator();
}

export async function showSimulator() {
  if (!one('#simulator')) return;
  const { faults } = await ask('simulator/faults');
  fill(
    '#fault-list',
    faults.map((fault) =>
      make(
        'tr',
        {},
        make('td', {}, make('code', {}, JSON.stringify(fault))),
        make(
          'td',
          {},
          make(
            'button',
            {
              type: 'button',
              'aria-label': `Remove rule ${fault.id}`,
              click: () => attempt(act('Removed.', `faults/${fault.id}`, { method: 'DELETE' })),
            },
            'Remove',
          ),
        ),
      ),
    ),
  );
}

export function startSimulator() {
  if (!one('#simulator')) return;
  const json = { 'content-type': 'application/json' };
  one('#fault-form').addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(act('Added.', 'faults', { method: 'POST', headers: json, body: one('#fault-form [name=rule]').value }));
  });
  one('#clock-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const ms = Number(one('#clock-form [name=seconds]').value) * 1000;
    attempt(act('The clock was advanced.', 'advance', { method: 'POST', headers: json, body: JSON.stringify({ ms }) }));
  });
  one('#end-tokens').addEventListener('click', () =>
    attempt(act('All logins have ended.', 'tokens', { method: 'DELETE' })),
  );
}
