import { Refusal } from '../refusal.js';

/** Neutron's errors by their names; texts as recorded (shared/openstack/recorded, 072 to 111 and 450). */
export const neutron = {
  notFound: (what: 'Network' | 'Subnet' | 'Port', id: string): Refusal =>
    new Refusal(404, `${what} ${id} could not be found.`, { type: `${what}NotFound` }),
  bad: (message: string): Refusal => new Refusal(400, message, { type: 'HTTPBadRequest' }),
  input: (message: string): Refusal =>
    new Refusal(400, `Invalid input for operation: ${message}`, { type: 'InvalidInput' }),
  conflict: (type: string, message: string): Refusal => new Refusal(409, message, { type }),
  policy: (rule: string): Refusal =>
    new Refusal(403, `rule:${rule} is disallowed by policy`, { type: 'PolicyNotAuthorized' }),
};
