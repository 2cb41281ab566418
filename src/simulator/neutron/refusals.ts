import { Refusal } from '../refusal.js';

const plain = (what: string) => ({
  type: `${what}NotFound`,
  text: (id: string): string => `${what} ${id} could not be found.`,
});
const KINDS = {
  Network: plain('Network'),
  Subnet: plain('Subnet'),
  Port: plain('Port'),
  'Security group': { type: 'SecurityGroupNotFound', text: (id: string) => `Security group ${id} does not exist` },
  'Security group rule': {
    type: 'SecurityGroupRuleNotFound',
    text: (id: string) => `Security group rule ${id} does not exist`,
  },
  Router: {
    type: 'RouterNotFound',
    text: (id: string) => `Router ${id} could not be found`,
  },
  'Subnet pool': { type: 'SubnetPoolNotFound', text: (id: string) => `Subnet pool ${id} could not be found.` },
  'Floating IP': { type: 'FloatingIPNotFound', text: (id: string) => `Floating IP ${id} could not be found` },
  'QoS policy': { type: 'QosPolicyNotFound', text: (id: string) => `QoS policy ${id} could not be found.` },
  Tag: { type: 'TagNotFound', text: (tag: string) => `Tag ${tag} could not be found.` },
} as const;
type NeutronKind = keyof typeof KINDS;

/** Neutron's errors by their names; texts as recorded (fixtures/openstack/recorded, 072 to 111 and 450). */
export const neutron = {
  notFound: (what: NeutronKind, id: string): Refusal =>
    new Refusal(404, KINDS[what].text(id), { type: KINDS[what].type }),
  missing: (type: string, message: string): Refusal => new Refusal(404, message, { type }),
  bad: (message: string): Refusal => new Refusal(400, message, { type: 'HTTPBadRequest' }),
  input: (message: string): Refusal =>
    new Refusal(400, `Invalid input for operation: ${message}`, { type: 'InvalidInput' }),
  conflict: (type: string, message: string): Refusal => new Refusal(409, message, { type }),
  policy: (rule: string): Refusal =>
    new Refusal(403, `rule:${rule} is disallowed by policy`, { type: 'PolicyNotAuthorized' }),
};
