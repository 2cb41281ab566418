import { one } from './dom.js';

/** Fills a table's body; what has focus in it keeps it, by `data-key`. */
export function fill(selector, rows) {
  const body = one(`${selector} tbody`);
  const key = document.activeElement?.closest?.('[data-key]')?.getAttribute('data-key');
  body.replaceChildren(...rows);
  if (key) body.querySelector(`[data-key="${CSS.escape(key)}"] button`)?.focus();
}

/** Whether all words stand in the texts, in any case. */
export function matches(find, ...texts) {
  const text = texts.join(' ').toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
