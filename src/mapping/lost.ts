import { isDeepStrictEqual } from 'node:util';
import type { Lost } from './mapped.js';

/** Inbound values here are reported with this reason, except those of `unless`. */
export type Reported = readonly [why: string, refused: boolean, unless?: readonly unknown[]];

/** What a table reads of a document: 1, read; a reason; or deeper. `*` is every index. */
export type Cover = 1 | Reported | { readonly [step: string]: Cover };

/**
 * By type, its properties that are not plain values: 0, ignored by declaration (`x-read-only`); else the name of their
 * type.
 */
export type Shapes = Readonly<Record<string, Readonly<Record<string, 0 | string>>>>;

const NO_PLACE = 'Not translated';

/** What of a document no row reads, by the deepest paths. */
export function leftovers(document: object, at: string, cover: Cover, type: string, shapes: Shapes): Lost[] {
  const lost: Lost[] = [];

  function tell(path: string, value: unknown, [why, refused, unless = []]: Reported): void {
    if (!unless.some((harmless) => isDeepStrictEqual(harmless, value))) lost.push({ path, why, refused });
  }
  function each(value: object, path: string, known: Cover | undefined, type: string): void {
    for (const [key, held] of Object.entries(value) as [string, unknown][]) {
      const inner =
        typeof known === 'object' && !isTold(known)
          ? (known[key] ?? (Array.isArray(value) ? known['*'] : undefined))
          : undefined;
      visit(held, `${path}.${key}`, inner, Array.isArray(value) ? type : shapes[type]?.[key]);
    }
  }
  function visit(value: unknown, path: string, known: Cover | undefined, shape: 0 | string | undefined): void {
    if (value === undefined || known === 1) return;
    if (known !== undefined && isTold(known)) tell(path, value, known);
    else if (known === undefined && shape === 0) return;
    else if (typeof value === 'object' && value !== null)
      each(value, path, known, shape === 0 || shape === undefined ? '' : shape);
    else tell(path, value, [NO_PLACE, false]);
  }

  each(document, at, cover, type);
  return lost;
}

const isTold = (cover: Cover): cover is Reported => Array.isArray(cover);
