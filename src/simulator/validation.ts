import { calls, type CallId } from '../generated/powervc/calls.js';
import { errorsOf, requestValidators, type Validator } from '../generated/powervc/validators.js';
import { isObject } from './json.js';
import type { Call } from './router.js';

/** A request that schemas/powervc declares otherwise. */
export interface Breach { readonly call: string; readonly method: string; readonly path: string; readonly body: unknown; readonly errors: readonly string[] }

interface Declared { readonly id: CallId; readonly service: string; readonly method: string; readonly pattern: RegExp; readonly action: string | undefined; readonly validator: Validator<unknown> | undefined }

const declared: readonly Declared[] = Object.values(calls).map((call) => ({
  id: call.id, service: call.service, method: call.method, pattern: new RegExp(`^${call.path.replace(/\./g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  action: 'action' in call ? call.action : undefined, validator: (requestValidators as Readonly<Record<string, Validator<unknown> | undefined>>)[call.id],
}));

/**
 * What is wrong with a request that is declared; undefined when nothing is, or when no declaration fits. Where several fit
 * (both kinds of `resize`), one of them is enough.
 */
export function breachOf(call: Pick<Call, 'service' | 'method' | 'path' | 'body'>): Breach | undefined {
  const { service, method, path, body } = call;
  const key = isObject(body) ? Object.keys(body)[0] : undefined;
  const fitting = declared.filter((one) => one.service === service && one.method === method && one.pattern.test(path) && (one.action === undefined || one.action === key));
  let first: Breach | undefined;
  for (const { id, validator } of fitting) {
    if (validator === undefined || validator(body)) return undefined;
    first ??= { call: id, method, path, body, errors: errorsOf(validator).map(({ path: where, message }) => `${where} ${message}`.trim()) };
  }
  return first;
}
