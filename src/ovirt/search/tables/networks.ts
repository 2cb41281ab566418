import { field, searchTable } from '../table.js';

/** searchbackend/NetworkConditionFieldAutoCompleter. */
export const networkSearch = searchTable('network', {
  object: 'network',
  words: ['network'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    comment: field('text', 'Its comment: networks have none', () => undefined),
    id: field('id', 'Its id', ({ id }) => id),
    vlanid: field('number', 'Its VLAN', ({ vlanId }) => vlanId),
    stp: field('flag', 'Whether it has a spanning tree', () => false),
    mtu: field('number', 'Its MTU', ({ mtu }) => mtu),
    vmnetwork: field('flag', 'Whether VMs can use it', ({ usages = [] }) => usages.includes('vm')),
    status: field('word', 'Its status', ({ status }) => status, { words: ['operational', 'non_operational'] }),
    label: field('text', 'Its label: networks have none', () => undefined),
    provider_name: field('text', 'Name of an external provider: none', () => undefined),
    qos_name: field('text', 'Same as qos: the name in version 4', () => undefined),
    qos: field('text', 'Name of its quality of service: none', () => undefined),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
  },
});
