import { absent, refusals } from '../../../declare/absent.js';
import type { Operation } from '../../../declare/operation.js';
import { HOST, NETWORKS, networkLabels, host } from './parts.js';
import { noneOf } from '../../shared.js';

export const ofHost: readonly Operation[] = [
  ...absent(
    '/hosts/{host:id}',
    [
      {
        name: 'externalnetworkproviderconfigurations',
        key: 'externalnetworkproviderconfiguration',
        entity: 'external network provider configuration',
        document: 'external_network_provider_configurations',
        why: NETWORKS,
      },
      {
        name: 'cpuunits',
        key: 'cpuunit',
        entity: 'CPU unit',
        document: 'host_cpu_units',
        why: '{hypervisor} shares processors by itself.',
      },
    ],
    host,
  ),
  ...absent(
    '/hosts/{host:id}/nics/{nic:id}',
    [
      networkLabels(NETWORKS),
      {
        name: 'linklayerdiscoveryprotocolelements',
        key: 'linklayerdiscoveryprotocolelement',
        entity: 'LLDP element',
        document: 'link_layer_discovery_protocol_elements',
        why: '{cloud} does not report LLDP information.',
      },
    ],
    noneOf('host NIC', 'nic', host),
  ),
  ...refusals('host', 'action', NETWORKS, [
    'copyhostnetworks /hosts/{host:id}',
    'syncallnetworks /hosts/{host:id}',
    'discoveriscsi /hosts/{host:id}',
  ]),
  ...refusals('host', 'action', HOST, ['upgradecheck /hosts/{host:id}']),
];
