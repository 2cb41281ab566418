import { Fault } from '../../model/index.js';
import { operatingSystemsOf } from '../../services/operating-systems.js';
import { collection } from '../declare/collection.js';
import type { Operation } from '../declare/operation.js';
import { operatingSystemResource } from './resources.js';

const HOW =
  "An engine's names for the architectures of {cloud}, which has other names for the guest's actual operating system.";
const at = collection('/operatingsystems', '{operatingsystem:name}', operatingSystemResource);

export const operatingSystemOperations: readonly Operation[] = [
  at.list({
    summary: 'The operating systems that a VM can have',
    how: HOW,
    support: 'emulated',
    verb: async ({ scope }) => operatingSystemsOf(scope.session.architectures),
  }),
  at.get({
    summary: 'One operating system',
    how: HOW,
    support: 'emulated',
    async verb({ scope, ids }) {
      const found = operatingSystemsOf(scope.session.architectures).find(({ id }) => id === ids.operatingsystem);
      if (!found) throw new Fault('not-found', { what: 'OperatingSystem', id: ids.operatingsystem });
      return found;
    },
  }),
];
