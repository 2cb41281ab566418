import { Fault, type OperatingSystemInfo } from '../../model/index.js';
import { collection } from '../declare/collection.js';
import type { Operation } from '../declare/operation.js';
import { operatingSystemResource } from './resources.js';

/**
 * Engines' operating systems for ppc64 (packaging/conf/osinfo-defaults.properties of 3.6), by their numbers there. AIX
 * and IBM i are other_ppc64.
 */
const known: readonly Required<OperatingSystemInfo>[] = [
  ['0', 'other', 'Other OS'],
  ['1001', 'other_ppc64', 'Other OS'],
  ['1002', 'other_linux_ppc64', 'Linux'],
  ['1003', 'rhel_6_ppc64', 'Red Hat Enterprise Linux up to 6.8'],
  ['1004', 'sles_11_ppc64', 'SUSE Linux Enterprise Server 11'],
  ['1005', 'ubuntu_14_04_ppc64', 'Ubuntu Trusty Tahr LTS+'],
  ['1006', 'rhel_7_ppc64', 'Red Hat Enterprise Linux 7.x'],
].map(([id = '', name = '', description = '']) => ({ id, name, description }));

const HOW = "The names of a 3.6 engine for ppc64; {cloud} uses other names for the guest's actual operating system.";
const at = collection('/operatingsystems', '{operatingsystem:name}', operatingSystemResource);

export const operatingSystemOperations: readonly Operation[] = [
  at.list({
    summary: 'The operating systems that a VM can have',
    how: HOW,
    support: 'emulated',
    verb: () => Promise.resolve(known),
  }),
  at.get({
    summary: 'One operating system',
    how: HOW,
    support: 'emulated',
    async verb({ ids }) {
      const found = known.find(({ id }) => id === ids.operatingsystem);
      if (!found) throw new Fault('not-found', { what: 'OperatingSystem', id: ids.operatingsystem });
      return found;
    },
  }),
];
