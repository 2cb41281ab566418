import { escapeHtml } from '../html.js';
import { results, type CheckResult, type Result } from './check.js';

export interface ConformReport {
  readonly url: string;
  readonly product: string;
  readonly api: string;
  readonly profile: string;
  readonly at: string;
  readonly counts: Readonly<Record<Result, number>>;
  /** How many of the differences are known. */
  readonly known: number;
  readonly checks: readonly CheckResult[];
}

export function reportOf(about: Omit<ConformReport, 'counts' | 'known'>): ConformReport {
  const of = (result: Result): number => about.checks.filter((check) => check.result === result).length;
  return {
    ...about,
    counts: Object.fromEntries(results.map((result) => [result, of(result)])) as Record<Result, number>,
    known: about.checks.filter(({ known }) => known === true).length,
  };
}

/** Whether there are no differences except known ones. */
export const isGood = ({ counts, known }: ConformReport): boolean => counts.differs === known;

const tail = ({ result, expected, got, why, source, known }: CheckResult): string[] =>
  result === 'differs'
    ? [
        `    expected  ${expected ?? ''}`,
        `    got       ${got ?? ''}`,
        `    source    ${source}`,
        ...(known === true ? [`    known     ${why ?? ''}`] : []),
      ]
    : why === undefined
      ? []
      : [`    ${why}`];

const mark = (check: CheckResult): string =>
  (check.known === true ? 'known' : check.result === 'differs' ? 'DIFFERS' : check.result).padEnd(11);

/** One result as lines of text. */
export const resultText = (check: CheckResult): string =>
  [`${mark(check)}  ${check.name}: ${check.title}`, ...tail(check)].join('\n');

export const countsText = ({ counts, known }: ConformReport): string =>
  results.map((result) => `${counts[result]} ${result}`).join(', ') + (known > 0 ? ` (${known} of them known)` : '');

/** The report as plain text. Checks that were kept at the first try are only counted. */
export const reportText = (report: ConformReport): string =>
  [
    `${report.product} at ${report.url}, version ${report.api}, profile ${report.profile}`,
    ...report.checks.filter(({ result, why }) => result !== 'kept' || why !== undefined).map(resultText),
    countsText(report),
    '',
  ].join('\n');

const escape = (text: string): string =>
  escapeHtml(text)
    // eslint-disable-next-line no-control-regex -- characters that XML 1.0 does not allow
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\uFFFD');

/** The report as JUnit XML for CI systems: differences are failures; not offered, not run and known are skipped. */
export function reportJunit({ checks, api, profile, counts, known, at }: ConformReport): string {
  const cases = checks.map((check) => {
    const { name, title, source, result, expected = '', got = '', why = '', milliseconds } = check;
    const head = `    <testcase classname="ovirt.v${api}" name="${escape(`${name}: ${title}`)}" time="${milliseconds / 1000}"`;
    if (result === 'kept') return `${head}/>`;
    if (result === 'differs' && check.known !== true)
      return `${head}>\n      <failure message="${escape(`expected ${expected}`)}">${escape(`got ${got}\nsource: ${source}`)}</failure>\n    </testcase>`;
    return `${head}>\n      <skipped message="${escape(check.known === true ? `known to differ: ${why}` : `${result}: ${why}`)}"/>\n    </testcase>`;
  });
  const failures = counts.differs - known;
  const skipped = counts['not offered'] + counts['not run'] + known;
  const seconds = checks.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="oVirt API, version ${api}, ${profile}" tests="${checks.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}" timestamp="${at.slice(0, 19)}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

const STYLE = `
:root{
  color-scheme:light dark;--line:#8883;--mute:#6e7781;--kept:#1a7f37;--differs:#cf222e;--off:#6e7781;
  --known:#9a6700
}
@media(prefers-color-scheme:dark){:root{--mute:#8b949e;--kept:#3fb950;--differs:#ff7b72;--off:#8b949e;--known:#d29922}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:2rem 1.5rem 4rem}
h1{margin:0;font-size:1.7rem}
header p{color:var(--mute);margin:.25rem 0 1rem}
.bar{display:flex;height:.8rem;border-radius:.4rem;overflow:hidden;margin:1rem 0 .5rem}
.bar i{background:var(--c);min-width:2px}
.key span{margin-right:1.25rem}
.key span::before{
  content:"";display:inline-block;width:.7rem;height:.7rem;border-radius:.2rem;background:var(--c);
  margin-right:.4rem
}
.kept{--c:var(--kept)}
.differs{--c:var(--differs)}
.known{--c:var(--known)}
.not-offered,.not-run{--c:var(--off)}
h2{margin:2rem 0 .5rem;font-size:1.2rem}
article{border-top:1px solid var(--line);padding:.5rem 0}
.v{
  color:var(--c);font-size:.8rem;font-weight:600;border:1px solid;border-radius:1rem;padding:0 .55rem;
  white-space:nowrap
}
small{color:var(--mute)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .75rem;margin:.35rem 0 0}
dt{color:var(--mute)}
dd{margin:0;overflow-wrap:anywhere}
code{font:.9em ui-monospace,monospace}`;

const kindOf = ({ result, known }: CheckResult): string => (known === true ? 'known' : result.replace(' ', '-'));

function article(check: CheckResult): string {
  const { name, title, source, result, expected, got, why, known } = check;
  const facts = [
    ...(result === 'differs'
      ? [
          ['expected', expected ?? ''],
          ['got', got ?? ''],
        ]
      : []),
    ...(why === undefined ? [] : [[known === true ? 'known' : 'why', why]]),
    ['source', source],
  ];
  return `<article class="${kindOf(check)}"><span class="v">${kindOf(check).replace('-', ' ')}</span> ${escape(title)} <small><code>${escape(name)}</code></small>
<dl>${facts.map(([term = '', text = '']) => `<dt>${term}</dt><dd>${escape(text)}</dd>`).join('')}</dl></article>`;
}

/** The report as a self-contained HTML page, with what needs attention first. */
export function reportHtml(report: ConformReport): string {
  const kinds = ['differs', 'known', 'not-offered', 'not-run', 'kept'];
  const of = (kind: string): readonly CheckResult[] => report.checks.filter((check) => kindOf(check) === kind);
  const present = kinds.filter((kind) => of(kind).length > 0);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Conformance of ${escape(report.product)}</title><style>${STYLE}</style></head>
<body><header><h1>Conformance: ${report.counts.kept} of ${report.checks.length} kept</h1>
<p>${escape(report.product)} at <code>${escape(report.url)}</code>, version ${escape(report.api)} of the API, profile ${escape(report.profile)}, ${escape(report.at.slice(0, 16).replace('T', ' '))} UTC</p>
<div class="bar">${present.map((kind) => `<i class="${kind}" style="flex:${of(kind).length}"></i>`).join('')}</div>
<div class="key">${present.map((kind) => `<span class="${kind}">${of(kind).length} ${kind.replace('-', ' ')}</span>`).join('')}</div></header>
<main>${present.map((kind) => `<h2>${kind.replace('-', ' ')}</h2>\n${of(kind).map(article).join('\n')}`).join('\n')}</main></body></html>
`;
}
