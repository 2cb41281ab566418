import { bar, escapeHtml as escape, page, pill, type Tone } from '../html.js';
import { replayResults, type ReplayResult } from './replay.js';
import type { ReplayReport, ReplayRow } from './report.js';

const STYLE = `
article>p{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;margin:0}`;

const tones = {
  same: 'good',
  equivalent: 'note',
  different: 'warning',
  refused: 'bad',
  'not sent': 'none',
} as const satisfies Readonly<Record<ReplayResult, Tone>>;

const number = (count: number): string => count.toLocaleString('en');

function row({ client, operation, requests: requested, counts, why }: ReplayRow): string {
  const badges = replayResults
    .filter((result) => counts[result] > 0)
    .map((result) => pill(tones[result], `${number(counts[result])} ${result}`));
  const isBad = counts.refused + counts.different + counts['not sent'] > 0;
  const reasons = isBad && why.length > 0 ? `<ul>${why.map((one) => `<li>${escape(one)}</li>`).join('')}</ul>` : '';
  return `<article><p><b><code>${escape(operation)}</code></b>${badges.join('')}<small>${escape(client)}, ${number(requested)} ${requested === 1 ? 'request' : 'requests'}</small></p>${reasons}</article>`;
}

/** An HTML page of what the new side answers differently; what will not work comes first. */
export function replayHtml(report: ReplayReport & { readonly passedOver?: number }): string {
  const { counts, rows, passedOver = 0 } = report;
  const all = replayResults.reduce((sum, result) => sum + counts[result], 0);
  const fine = counts.same + counts.equivalent;
  const isBad = (one: ReplayRow): boolean => one.counts.refused + one.counts.different > 0;
  const section = (title: string, some: readonly ReplayRow[]): string =>
    some.length === 0 ? '' : `<h2>${title} <small>${number(some.length)}</small></h2>\n${some.map(row).join('\n')}\n`;
  return page({
    title: 'Answers compared',
    header: `<h1>${number(fine)} of ${number(all)} answers are the same or equivalent</h1>
<p>By client and operation, what will not work first${passedOver > 0 ? `. ${number(passedOver)} reads were not compared` : ''}.</p>
${bar(
  'Answers by result',
  replayResults.map((result) => ({ name: result, count: counts[result], tone: tones[result] })),
)}`,
    main:
      section('Different or refused', rows.filter(isBad)) +
      section(
        'The rest',
        rows.filter((one) => !isBad(one)),
      ),
    style: STYLE,
  });
}
