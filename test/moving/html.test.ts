import { describe, expect, it } from 'vitest';
import { bar, page, pill } from '../../src/moving/html.js';

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const luminance = (color: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(parseInt(color.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (a: string, b: string): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

describe('a page of a report', () => {
  const html = page({ title: 'A <b> & "c"', header: '<h1>x</h1>', main: pill('bad', 'refused') });

  it('shows text of the endpoint as text', () => {
    expect(html).toContain('<title>A &lt;b&gt; &amp; &quot;c&quot;</title>');
    expect(bar('"x"', [{ name: '<i>', count: 1, tone: 'good' }])).toContain('1 &lt;i&gt;</span>');
  });

  it('has no share of the bar for a result that does not occur', () => {
    const shares = bar('Answers', [
      { name: 'same', count: 1200, tone: 'good' },
      { name: 'refused', count: 0, tone: 'bad' },
    ]);
    expect(shares).toContain('1,200 same');
    expect(shares).not.toContain('refused');
  });

  it.each([
    ['light', 0, '#ffffff'],
    ['dark', 1, '#121212'],
  ])('has text in colors that can be read in %s mode (WCAG 2.2, 1.4.3)', (_, at, canvas) => {
    for (const name of ['mute', 'good', 'note', 'warning', 'bad', 'none']) {
      const color = [...html.matchAll(new RegExp(`--${name}:(#[0-9a-f]{6})`, 'g'))][at]?.[1] ?? '';
      expect([name, contrast(color, canvas) >= 4.5]).toEqual([name, true]);
    }
  });
});
