import { escapeHtml as escape } from '../html.js';
import { replayResults, type ReplayResult } from './replay.js';
import type { ReplayReport, ReplayRow } from './report.js';

/** Follows the reader's light or dark mode, one column on phones, plain in print; loads nothing from elsewhere. */
const STYLE = `
:root{
  color-scheme:light dark;--line:#8883;--soft:#8881;--mute:#6e7781;--same:#1a7f37;--equivalent:#0969da;
  --different:#9a6700;--refused:#cf222e
}
@media(prefers-color-scheme:dark){
  :root{--mute:#8b949e;--same:#3fb950;--equivalent:#58a6ff;--different:#d29922;--refused:#ff7b72}
}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:2rem 1.5rem 4rem}
h1{margin:0;font-size:1.7rem}
h2{margin:2rem 0 .5rem;font-size:1.2rem}
header p,small{color:var(--mute)}
header p{margin:.25rem 0 1rem}
.bar{display:flex;height:.8rem;border-radius:.4rem;overflow:hidden;margin:1rem 0 .5rem;background:var(--soft)}
.bar i{background:var(--c);min-width:2px}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.key span::before{
  content:"";display:inline-block;width:.7rem;height:.7rem;border-radius:.2rem;background:var(--c);
  margin-right:.4rem
}
.same{--c:var(--same)}
.equivalent{--c:var(--equivalent)}
.different{--c:var(--different)}
.refused{--c:var(--refused)}
.not-sent{--c:var(--mute)}
article{border-top:1px solid var(--line);padding:.6rem 0}
article>p{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;margin:0}
.v{
  color:var(--c);font-size:.8rem;font-weight:600;border:1px solid;border-radius:1rem;padding:0 .55rem;
  white-space:nowrap
}
ul{margin:.35rem 0 0;padding-left:1.1rem}
li{overflow-wrap:anywhere}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
@media(max-width:45rem){body{padding:1rem}}@media print{body{max-width:none;font-size:11px}}`;

const classOf = (result: ReplayResult): string => result.replace(' ', '-');
const number = (count: number): string => count.toLocaleString('en');

function row({ client, operation, requests: requested, counts, why }: ReplayRow): string {
  const badges = replayResults
    .filter((result) => counts[result] > 0)
    .map((result) => `<span class="v ${classOf(result)}">${number(counts[result])} ${result}</span>`);
  const isBad = counts.refused + counts.different + counts['not sent'] > 0;
  const reasons = isBad && why.length > 0 ? `<ul>${why.map((one) => `<li>${escape(one)}</li>`).join('')}</ul>` : '';
  return `<article><p><b><code>${escape(operation)}</code></b>${badges.join('')}<small>${escape(client)}, ${number(requested)} ${requested === 1 ? 'request' : 'requests'}</small></p>${reasons}</article>`;
}

/** An HTML page of what the new side answers differently; what will not work comes first. */
export function replayHtml(report: ReplayReport & { readonly passedOver?: number }): string {
  const { counts, rows, passedOver = 0 } = report;
  const present = replayResults.filter((result) => counts[result] > 0);
  const all = replayResults.reduce((sum, result) => sum + counts[result], 0);
  const fine = counts.same + counts.equivalent;
  const isBad = (one: ReplayRow): boolean => one.counts.refused + one.counts.different > 0;
  const section = (title: string, some: readonly ReplayRow[]): string =>
    some.length === 0 ? '' : `<h2>${title} <small>${number(some.length)}</small></h2>\n${some.map(row).join('\n')}\n`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Answers compared</title><style>${STYLE}</style></head>
<body><header><h1>${number(fine)} of ${number(all)} answers are the same or equivalent</h1>
<p>By client and operation, what will not work first${passedOver > 0 ? `. ${number(passedOver)} reads were not compared` : ''}.</p>
<div class="bar" role="img" aria-label="Answers by result">${present.map((result) => `<i class="${classOf(result)}" style="flex:${counts[result]}"></i>`).join('')}</div>
<div class="key">${present.map((result) => `<span class="${classOf(result)}">${number(counts[result])} ${result}</span>`).join('')}</div></header>
<main>${section('Different or refused', rows.filter(isBad))}${section(
    'The rest',
    rows.filter((one) => !isBad(one)),
  )}</main></body></html>
`;
}
