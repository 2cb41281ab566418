import { calls as openStackCalls } from '../generated/openstack/calls.js';
import { requestValidators as openStackValidators } from '../generated/openstack/validators.js';
import { calls as ibmCalls } from '../generated/powervc/calls.js';
import { requestValidators as ibmValidators } from '../generated/powervc/validators.js';
import { errorLines, type Validator } from '../validator.js';
import type { Breach } from './breach.js';
import { isObject } from './json.js';
import type { SimulatedCall } from './router.js';
import type { CloudKind } from './world/types.js';

interface Declared {
  readonly id: string;
  readonly service: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly action: string | undefined;
  readonly validator: Validator<unknown> | undefined;
}
type Calls = Readonly<
  Record<
    string,
    {
      readonly id: string;
      readonly service: string;
      readonly method: string;
      readonly path: string;
      readonly action?: string;
    }
  >
>;

const declaredIn = (calls: Calls, validators: Readonly<Record<string, Validator<unknown> | undefined>>): Declared[] =>
  Object.values(calls).map(({ id, service, method, path, action }) => ({
    id,
    service,
    method,
    action,
    pattern: new RegExp(`^${path.replace(/\./g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    validator: validators[id],
  }));

const openstack = declaredIn(openStackCalls, openStackValidators);
const declared: Readonly<Record<CloudKind, readonly Declared[]>> = {
  openstack,
  powervc: [...openstack, ...declaredIn(ibmCalls, ibmValidators)],
};

/**
 * What is wrong with a request that is declared; undefined when nothing is, or when no declaration fits. Where several
 * fit (both kinds of `resize`), one of them is enough.
 */
export function breachOf(
  call: Pick<SimulatedCall, 'service' | 'method' | 'path' | 'body'>,
  cloud: CloudKind,
): Breach | undefined {
  const { service, method, path, body } = call;
  const key = isObject(body) ? Object.keys(body)[0] : undefined;
  const fitting = declared[cloud].filter(
    (one) =>
      one.service === service &&
      one.method === method &&
      one.pattern.test(path) &&
      (one.action === undefined || one.action === key),
  );
  let first: Breach | undefined;
  for (const { id, validator } of fitting) {
    if (validator === undefined || validator(body)) return undefined;
    first ??= {
      call: id,
      method,
      path,
      body,
      errors: errorLines(validator),
    };
  }
  return first;
}
