/** Text as HTML, between tags and in attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const tones = ['good', 'note', 'warning', 'bad', 'none'] as const;

/** What the color of a result says: it is well, to be known, to be looked at, bad, or not to be judged. */
export type Tone = (typeof tones)[number];

/** Contrast to the page of at least 4.5 in either mode (WCAG 2.2, 1.4.3). */
const STYLE = `
:root{
  color-scheme:light dark;--line:#8883;--soft:#8881;--mute:#636c76;--good:#1a7f37;--note:#0969da;--warning:#9a6700;
  --bad:#cf222e;--none:#636c76
}
@media(prefers-color-scheme:dark){
  :root{
    --mute:#8b949e;--good:#3fb950;--note:#58a6ff;--warning:#d29922;--bad:#ff7b72;--none:#8b949e
  }
}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:2rem 1.5rem 4rem}
h1{margin:0;font-size:1.7rem;overflow-wrap:anywhere}
h2{margin:2rem 0 .5rem;font-size:1.2rem}
h2 small{font-weight:normal}
header p,small{color:var(--mute)}
header p{margin:.25rem 0 1rem;overflow-wrap:anywhere}
${tones.map((tone) => `.${tone}{--c:var(--${tone})}`).join('')}
.bar{display:flex;height:.8rem;border-radius:.4rem;overflow:hidden;margin:1rem 0 .5rem;background:var(--soft)}
.bar i{background:var(--c);min-width:2px}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.key span::before{
  content:"";display:inline-block;width:.7rem;height:.7rem;border-radius:.2rem;background:var(--c);
  margin-right:.4rem
}
.v{
  color:var(--c);font-size:.8rem;font-weight:600;border:1px solid;border-radius:1rem;padding:0 .55rem;
  white-space:nowrap
}
article{border-top:1px solid var(--line);padding:.6rem 0}
ul{margin:.35rem 0 0;padding-left:1.1rem}
li,dd{overflow-wrap:anywhere}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
@media(max-width:45rem){body{padding:1rem}}
@media print{body{max-width:none;font-size:11px}}`;

/** A result: what it is called, how often it occurs, and its tone. */
export interface Share {
  readonly name: string;
  readonly count: number;
  readonly tone: Tone;
}

/** A bar of the results that occur, each as wide as its share, with its key. `label`: for those who do not see it. */
export function bar(label: string, shares: readonly Share[]): string {
  const present = shares.filter(({ count }) => count > 0);
  return `<div class="bar" role="img" aria-label="${escapeHtml(label)}">${present.map(({ count, tone }) => `<i class="${tone}" style="flex:${count}"></i>`).join('')}</div>
<div class="key">${present.map(({ name, count, tone }) => `<span class="${tone}">${count.toLocaleString('en')} ${escapeHtml(name)}</span>`).join('')}</div>`;
}

/** A pill with text in the color of a tone. The text is HTML. */
export const pill = (tone: Tone, text: string): string => `<span class="v ${tone}">${text}</span>`;

export interface Page {
  /** Of the window; text. */
  readonly title: string;
  /** HTML. */
  readonly header: string;
  readonly main: string;
  /** Rules of this page only. */
  readonly style?: string;
  readonly script?: string;
}

/** A self-contained page: follows the reader's light or dark mode, one column on phones, plain in print. */
export const page = ({ title, header, main, style = '', script }: Page): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}${style}</style></head>
<body><header>${header}</header>
<main>${main}</main>${script === undefined ? '' : `<script>${script}</script>`}</body></html>
`;
