import type { VmPort } from '../../../model/index.js';
import { vmActionIn } from '../../../generated/mapping/openstack.js';
import type { Connection } from '../connection.js';
import { read } from '../loose.js';
import { aboutVm } from './servers.js';

/** Nova's instance actions; one without a time cannot be put in order and is left out. */
export function createHistory(connection: Connection): Pick<VmPort, 'actions'> {
  return {
    async actions(id) {
      const { instanceActions } = await connection.call('nova.servers.actions', {
        params: { server: id },
        about: aboutVm(id),
      });
      return instanceActions
        .filter(({ start_time: startedAt }) => startedAt)
        .map((action) => ({ ...read(() => vmActionIn(action, { base: '' })).value, vm: { id } }));
    },
  };
}
