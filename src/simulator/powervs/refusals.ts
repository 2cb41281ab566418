import { Refusal } from '../refusal.js';
import type { Answer } from '../router.js';

const WORDS: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  408: 'request timeout',
  409: 'conflict',
  410: 'gone',
  422: 'unprocessable entity',
  429: 'too many requests',
  500: 'internal server error',
  501: 'not implemented',
};

/** A refusal as PowerVS words it: `{code, description, error, message}` (docs/reference/power.md, 3.1). */
export const refusalAnswer = ({ status, message, headers }: Refusal): Answer => ({
  status,
  headers,
  body: { code: status, description: message, error: WORDS[status] ?? 'error', message },
});

export const bad = (text: string): Refusal => new Refusal(400, `bad request: ${text}`);
export const missing = (what: string, id: string): Refusal => new Refusal(404, `${what} ${id} does not exist`);
export const conflict = (text: string): Refusal => new Refusal(409, text);
export const forbidden = (text: string): Refusal => new Refusal(403, text);
export const unprocessable = (text: string): Refusal => new Refusal(422, text);
