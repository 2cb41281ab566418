import { counts, type Filter } from './filter.js';
import { type Matrix } from './matrix.js';
import { supports, type Standing } from './standing.js';
import { STYLE } from './style.js';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const slug = (text: string): string => text.replace(/\W+/g, '-');
const badge = (support: string, text = support): string => `<b class="s ${slug(support)}">${escape(text)}</b>`;
const cells = (backends: readonly string[], on: Readonly<Record<string, Standing>>): string =>
  backends
    .map((backend) => {
      const found = on[backend];
      return `<td>${found ? `${badge(found.support)} ${escape(found.how)}` : ''}</td>`;
    })
    .join('');
const option = (value: string, chosen: boolean, text = value): string =>
  `<option value="${escape(value)}"${chosen ? ' selected' : ''}>${escape(text)}</option>`;

/** Groups in the order of their first rows. */
function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return [...groups];
}

/** One group: its name, the counts for each backend, and the table, folded unless there is a filter. */
function section(
  id: string,
  title: string,
  note: string,
  backends: readonly string[],
  rows: readonly { readonly on: Readonly<Record<string, Standing>> }[],
  open: boolean,
  table: string,
): string {
  const sums = backends
    .map((backend) => {
      const all = counts(rows, backend);
      return supports
        .filter((support) => all[support] > 0)
        .map((support) => badge(support, `${all[support]} ${support}`))
        .join(' ');
    })
    .join(' · ');
  return `<details id="${id}"${open ? ' open' : ''}><summary><code>${escape(title)}</code> ${note} <span>${sums}</span></summary>\n${table}</details>\n`;
}

function operationsTable(title: string, backends: readonly string[], rows: Matrix['operations']): string {
  const line = (row: Matrix['operations'][number]): string => {
    const more = [
      row.required.length > 0 && `required: ${row.required.join(', ')}`,
      row.parameters.length > 0 && `parameters: ${row.parameters.join(', ')}`,
      row.since === 'gateway' ? 'an extension of the gateway' : `version ${row.versions.join(' and ')}`,
      row.faults.length > 0 && `faults: ${row.faults.join(', ')}`,
    ].filter((text) => text !== false);
    return `<tr><td><code>${row.method} ${escape(row.path)}</code></td><td>${escape(row.summary)}${more.length > 0 ? `<small>${escape(more.join(' · '))}</small>` : ''}</td>${cells(backends, row.on)}</tr>\n`;
  };
  return `<table aria-label="${escape(title)}"><thead><tr><th>request</th><th>what</th>${backends.map((name) => `<th>${escape(name)}</th>`).join('')}</tr></thead><tbody>\n${rows.map(line).join('')}</tbody></table>`;
}

function fieldsTable(title: string, backends: readonly string[], fields: Matrix['types'][number]['fields']): string {
  const lines = fields.map(
    ({ field, answered, on }) =>
      `<tr><td><code>${escape(field)}</code></td><td>${answered ? 'yes' : 'no'}</td>${cells(backends, on)}</tr>\n`,
  );
  return `<table aria-label="${escape(title)}"><thead><tr><th>field</th><th>answered</th>${backends.map((name) => `<th>in a request: ${escape(name)}</th>`).join('')}</tr></thead><tbody>\n${lines.join('')}</tbody></table>`;
}

const pathOf = (collection: string): string => `/${collection === 'api' ? '' : collection}`;

/** The matrix as a page: no script, no external asset; the filter is a form. */
export function matrixHtml({ backends, operations, types }: Matrix, filter: Filter): string {
  const looking = filter.words.length > 0 || filter.support !== undefined;
  const groups = grouped(operations, ({ collection }) => collection).sort(
    ([a], [b]) => Number(b === 'vms') - Number(a === 'vms'),
  );
  const fields = types.reduce((sum, type) => sum + type.fields.length, 0);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>What is supported</title><style>${STYLE}</style></head>
<body><header><h1>What is supported</h1>
<p>Each operation of the oVirt API, versions 3 and 4, and each field of its documents, on ${backends.map((name) => `<code>${escape(name)}</code>`).join(', ')}.</p>
<dl>
<dt>${badge('translated')}</dt><dd>the cloud does it</dd>
<dt>${badge('emulated')}</dt><dd>the gateway provides it with what the cloud has</dd>
<dt>${badge('left out')}</dt><dd>not used, and reported in <code>X-Ovirt-Ignored</code>; refused in strict mode</dd>
<dt>${badge('read only')}</dt><dd>returned; ignored when a client sends it</dd>
<dt>${badge('refused')}</dt><dd>a fault names the operation, the subject and the reason</dd>
</dl>
<form method="get"><input type="search" name="find" value="${escape(filter.words.join(' '))}" placeholder="Words, such as: disk size" aria-label="Words">
<select name="support" aria-label="Support">${option('', filter.support === undefined, 'any kind of support')}${supports.map((support) => option(support, filter.support === support)).join('')}</select>
<button>Show</button>${looking ? ' <a href="?">show all</a>' : ''} <span>Also as <a href="?format=json">JSON</a>, <a href="?format=xml">XML</a></span></form></header>
<main><h2 id="operations">Operations <small>${operations.length}</small></h2>
${operations.length === 0 ? '<p>None.</p>' : groups.map(([name, rows]) => section(`op-${slug(name)}`, pathOf(name), '', backends, rows, looking, operationsTable(pathOf(name), backends, rows))).join('')}
<h2 id="fields">Fields <small>${fields}</small></h2>
${types.length === 0 ? '<p>None.</p>' : types.map(({ name, version, element, fields: rows }) => section(`type-${version}-${slug(name)}`, element === undefined ? name : `<${element}>`, `version ${version}`, backends, rows, looking, fieldsTable(`${name}, version ${version}`, backends, rows))).join('')}</main></body></html>
`;
}
