import { ask, make, one } from './dom.js';
import { matches } from './table.js';

let matrix;

const badge = (support) => make('span', { class: `s ${support.replace(' ', '-')}` }, support);

/** On a phone the column's head is not there: `data-on` names the backend. */
function cell(name, standing) {
  return make('td', { 'data-on': name }, ...(standing ? [badge(standing.support), ` ${standing.how}`] : []));
}

/** An example that the playground can run: with a made-up id where the path has one. */
function example({ method, path, required, reads }) {
  const target = `/api${path.replace(/\{\w+\}/g, '00000000-0000-0000-0000-000000000000')}`;
  const body = method === 'GET' || reads.length === 0 ? '' : `\n<${reads[0]}></${reads[0]}>`;
  const note = required.length > 0 ? `# required: ${required.join(', ')}\n` : '';
  return `${note}${method} ${target} HTTP/1.1\nContent-Type: application/xml\n${body}`;
}

function operationRow(backends, operation) {
  const href = `#playground?${new URLSearchParams({ text: example(operation) })}`;
  return make(
    'tr',
    {},
    make('td', {}, make('code', {}, `${operation.method} ${operation.path}`)),
    make(
      'td',
      {},
      operation.summary,
      ' ',
      make('a', { href, 'aria-label': `try it: ${operation.method} ${operation.path}` }, 'try it'),
    ),
    ...backends.map((name) => cell(name, operation.on[name])),
  );
}

function fieldRow(backends, { field, answered, on }) {
  return make(
    'tr',
    {},
    make('td', {}, make('code', {}, field)),
    make('td', {}, answered ? 'answered' : 'not answered'),
    ...backends.map((name) => cell(name, on[name])),
  );
}

function group(title, heads, rows, open) {
  const head = heads.map((name) => make('th', {}, name));
  const details = make('details', { class: 'group' }, make('summary', {}, make('code', {}, title), ` ${rows.length}`));
  // a table is made when it is first opened: there are thousands of rows
  const fillIn = () => {
    if (details.querySelector('table')) return;
    details.append(
      make(
        'table',
        { 'aria-label': title },
        make('thead', {}, make('tr', {}, ...head)),
        make('tbody', {}, ...rows.map((make) => make())),
      ),
    );
  };
  details.addEventListener('toggle', fillIn);
  if (open) {
    fillIn();
    details.open = true;
  }
  return details;
}

/** A collection that is always empty answers lists from nothing and refuses the rest. */
function standing(operations, backends) {
  const isEmpty = operations.every(({ on, method }) =>
    backends.every(
      (name) =>
        on[name]?.support === 'refused' || (method === 'GET' && /none$|always empty/i.test(on[name]?.how ?? '')),
    ),
  );
  return isEmpty ? ' (always empty)' : '';
}

const first = (name) => (name === 'vms' ? 0 : name === 'api' ? 1 : 2);

function draw() {
  const { find, support } = Object.fromEntries(new FormData(one('#support-form')));
  const fits = (on, texts) =>
    (support === '' || Object.values(on).some((one) => one.support === support)) &&
    matches(find, ...texts, ...Object.values(on).flatMap((one) => [one.support, one.how]));
  // typed before it has come: it is drawn when it comes
  if (matrix === undefined) return;
  const { backends } = matrix;
  const groups = new Map();
  for (const operation of matrix.operations) {
    if (!fits(operation.on, [operation.name, operation.method, operation.path, operation.summary])) continue;
    groups.set(operation.collection, [...(groups.get(operation.collection) ?? []), operation]);
  }
  const looking = find.trim() !== '' || support !== '';
  const operations = [...groups]
    .sort(([a], [b]) => first(a) - first(b))
    .map(([name, rows]) =>
      group(
        `/${name === 'api' ? '' : name}${standing(rows, backends)}`,
        ['request', 'what', ...backends],
        rows.map((row) => () => operationRow(backends, row)),
        looking && groups.size < 6,
      ),
    );
  const types = matrix.types
    .map((type) => ({
      ...type,
      fields: type.fields.filter(({ on, field }) =>
        fits(on, [type.name, field, `${type.element ?? type.name}.${field}`]),
      ),
    }))
    .filter(({ fields }) => fields.length > 0);
  const fields = types.map(({ name, element, fields: rows }) =>
    group(
      element ? `<${element}>` : name,
      ['field', 'answered', ...backends],
      rows.map((row) => () => fieldRow(backends, row)),
      looking && types.length < 4,
    ),
  );
  one('#support-count').textContent =
    `${[...groups.values()].flat().length} operations, ${types.flatMap((type) => type.fields).length} fields`;
  one('#support-result').replaceChildren(
    make('h3', {}, 'Operations'),
    ...operations,
    make('h3', {}, 'Fields'),
    ...fields,
  );
}

export function startSupport() {
  one('#support-form').addEventListener('input', draw);
  one('#support-form').addEventListener('submit', (event) => event.preventDefault());
}

export async function showSupport(parameters) {
  if (matrix === undefined) one('#support-count').textContent = 'Loading …';
  matrix ??= await ask('support');
  if (parameters.has('find')) one('#support-form [name=find]').value = parameters.get('find');
  draw();
}
