import { Fault, type Ref, type VmPort } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { aboutVm } from './servers.js';

/** Nova's microversion that cancels a live migration; 2.23 lists running ones. */
const CANCEL = '2.24';

/** Moving a running server to another host. `hostNameOf` is Nova's name of a host. */
export function createMigrations(
  connection: Connection,
  hostNameOf: (host: Ref) => Promise<string>,
): Pick<VmPort, 'migrate' | 'cancelMigration'> {
  async function migrate(id: string, host?: Ref): Promise<void> {
    const target = host === undefined ? null : await hostNameOf(host);
    // Disks are on shared storage, so no blocks are copied (docs/reference/power.md, 1.4)
    await connection.call('nova.servers.action.os-migrateLive', {
      params: { server: id },
      about: aboutVm(id),
      body: { 'os-migrateLive': { host: target, block_migration: false, disk_over_commit: true } },
    });
  }

  async function cancelMigration(id: string): Promise<void> {
    const headers = { 'openstack-api-version': `compute ${CANCEL}` };
    const { migrations } = await connection.call('nova.servers.migrations.list', {
      params: { server: id },
      headers,
      about: aboutVm(id),
    });
    const [running] = migrations;
    if (!running) throw new Fault('backend.conflict', { text: `VM ${id} is not migrating.` });
    await connection.call('nova.servers.migrations.delete', {
      params: { server: id, migration: String(running.id) },
      headers,
      about: [{ what: 'Migration', id: String(running.id) }],
    });
  }

  return { migrate, cancelMigration };
}
