/** By property, what a log may show of its text. */
export type Redactions = Readonly<Record<string, (text: string) => string>>;

/** Hides what must not be logged. */
export interface Redactor {
  /** A deep copy of a parsed body without it. */
  value(body: unknown): unknown;
  /** The first `most` characters of a body's JSON text without it. */
  beginning(text: string, most: number): string;
}

/** Nothing of a secret is shown. */
export const hideAll = (): string => '***';

/** Only texts are hidden: `password` is also the name of Keystone's method, an object. */
export function createRedactor(redactions: Redactions): Redactor {
  const inText = new RegExp(
    String.raw`("(${Object.keys(redactions).join('|')})"\s*:\s*)"((?:[^"\\]|\\.)*)(?:"|$)`,
    'g',
  );
  function value(body: unknown): unknown {
    if (Array.isArray(body)) return body.map(value);
    if (typeof body !== 'object' || body === null) return body;
    return Object.fromEntries(
      Object.entries(body).map(([key, held]) => {
        const redact = typeof held === 'string' ? redactions[key] : undefined;
        return [key, redact ? redact(held as string) : value(held)];
      }),
    );
  }
  return {
    value,
    // From the text: copying the parsed answer and writing it again took 7 % of a request for one VM.
    beginning(text, most) {
      // A substring would keep the whole text in memory; one made from bytes does not.
      const begin = text.length > most ? `${Buffer.from(text.slice(0, most)).toString()}…` : text;
      return begin.replace(
        inText,
        (_, head: string, key: string, held: string) => `${head}"${redactions[key]?.(held) ?? held}"`,
      );
    },
  };
}
