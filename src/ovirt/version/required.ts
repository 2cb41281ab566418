import { Fault } from '../../model/index.js';

/** A field that a document must hold, or a reason why it need not. */
export interface Required {
  /**
   * As engines write it: camel case, dots, alternatives by `|`: `cluster.id|name` (docs/reference/ovirt.md, section 9).
   */
  readonly field: string;
  /** Its path in the document, if that is not the field's name in snake case. Alternatives by `|` at the end. */
  readonly at?: string;
  /** Not required when one of these paths of the document is present. */
  readonly unless?: readonly string[];
}

/**
 * Checks the fields in the order of the list, as engines do: one at a time. An added document cannot have an empty text
 * there; an update can (`<file id=""/>` ejects). Throws `request.incomplete` with the engine's text: `VM
 * [cluster.id|name] required for add`.
 */
export function assertComplete(document: object, type: string, verb: string, required: readonly Required[]): void {
  for (const { field, at, unless } of required) {
    if (unless?.some((path) => isPresent(document, path, false))) continue;
    if (!isPresent(document, at ?? snake(field), verb === 'update'))
      throw new Fault('request.incomplete', { text: `${type} [${field}] required for ${verb}` });
  }
}

const snake = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether the document has the path; `orEmpty`: an empty text counts. */
export function isPresent(document: object, path: string, orEmpty: boolean): boolean {
  const steps = path.split('.');
  const alternatives = (steps.pop() ?? '').split('|');
  return alternatives.some((last) => has(document, [...steps, last], orEmpty));
}

/** An array has a path if one of its items does. */
function has(value: unknown, [step, ...rest]: readonly string[], orEmpty: boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => has(item, step === undefined ? [] : [step, ...rest], orEmpty));
  if (step === undefined) return value !== undefined && (orEmpty || value !== '');
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
  return has((value as Readonly<Record<string, unknown>>)[step], rest, orEmpty);
}
