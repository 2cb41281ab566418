/** Named values of a line. */
export type Fields = Readonly<Record<string, unknown>>;

/** Names whose values never reach a log. */
const SECRET =
  /^(authorization|password|passphrase|secret|token|cookie|set-cookie|x-auth-token|x-subject-token|adminpass)$/i;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const escaped = (text: string): string =>
  text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** An error as data: its code, its stack and what caused it. */
function plainError(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    stack,
    ...(cause === undefined ? {} : { cause: cause instanceof Error ? plainError(cause) : cause }),
  };
}

function safe(key: string, value: unknown): unknown {
  if (SECRET.test(key)) return '(hidden)';
  if (value instanceof Error) return plainError(value);
  return typeof value === 'bigint' ? value.toString() : value;
}

const json = (value: unknown): string => JSON.stringify(value, safe) ?? 'null';

/** Texts that are written without quotes. */
// eslint-disable-next-line no-control-regex
const BARE = /^[^\s"=\u0000-\u001f\u007f-\u009f]+$/;

function textValue(key: string, value: unknown): string {
  const kept = safe(key, value);
  if (typeof kept === 'number') return Number.isFinite(kept) ? String(kept) : 'null';
  if (typeof kept !== 'string') return json(kept);
  if (BARE.test(kept)) return kept;
  return escaped(/^[^\s"=]+$/.test(kept) ? kept : JSON.stringify(kept));
}

/**
 * One human-readable line: `2026-01-31T12:00:00.000Z info request method=GET status=200`. Control characters are
 * escaped, so that nobody can forge a line.
 */
export function textLine(time: string, level: string, message: string, fields: Fields): string {
  let line = `${time} ${level.padEnd(5)} ${escaped(message)}`;
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) line += ` ${key}=${textValue(key, value)}`;
  }
  return `${line}\n`;
}

/** One line for machines: a JSON object with `time`, `level`, `message` and the fields. */
export const jsonLine = (time: string, level: string, message: string, fields: Fields): string =>
  `${json({ time, level, message, ...fields })}\n`;
