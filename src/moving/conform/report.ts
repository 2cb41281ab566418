import { bar, escapeHtml, page, pill, type Tone } from '../html.js';
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
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .75rem;margin:.35rem 0 0}
dt{color:var(--mute)}
dd{margin:0}`;

/** What a check is shown as, what needs attention first. */
const tones = {
  differs: 'bad',
  known: 'warning',
  'not offered': 'none',
  'not run': 'none',
  kept: 'good',
} as const satisfies Readonly<Record<Result | 'known', Tone>>;
type Kind = keyof typeof tones;

const kindOf = ({ result, known }: CheckResult): Kind => (known === true ? 'known' : result);

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
  const kind = kindOf(check);
  return `<article>${pill(tones[kind], kind)} ${escape(title)} <small><code>${escape(name)}</code></small>
<dl>${facts.map(([term = '', text = '']) => `<dt>${term}</dt><dd>${escape(text)}</dd>`).join('')}</dl></article>`;
}

/** The report as a self-contained HTML page, with what needs attention first. */
export function reportHtml({ product, url, api, profile, at, counts, checks }: ConformReport): string {
  const kinds = (Object.keys(tones) as Kind[]).map((kind) => ({
    kind,
    those: checks.filter((check) => kindOf(check) === kind),
  }));
  return page({
    title: `Conformance of ${product}`,
    header: `<h1>Conformance: ${counts.kept} of ${checks.length} kept</h1>
<p>${escape(product)} at <code>${escape(url)}</code>, version ${escape(api)} of the API, profile ${escape(profile)}, ${escape(at.slice(0, 16).replace('T', ' '))} UTC</p>
${bar(
  'Checks by result',
  kinds.map(({ kind, those }) => ({ name: kind, count: those.length, tone: tones[kind] })),
)}`,
    main: kinds
      .filter(({ those }) => those.length > 0)
      .map(({ kind, those }) => `<h2>${kind}</h2>\n${those.map(article).join('\n')}`)
      .join('\n'),
    style: STYLE,
  });
}
