import type { Ref, VmPort } from '../../../model/index.js';
import { createCapture } from '../glance/capture.js';
import { createConsoles } from './consoles.js';
import { createHistory } from './history.js';
import { createMigrations } from './migrations.js';
import { Servers } from './servers.js';

type Acting = Pick<VmPort, 'migrate' | 'cancelMigration' | 'capture' | 'console' | 'actions'>;

/** Servers with the actions that every kind of cloud has. */
export abstract class ActingServers extends Servers implements Acting {
  protected abstract readonly common: {
    /** `hostNameOf`: Nova's name of a host. */
    readonly inventory: { readonly hostNameOf: (host: Ref) => Promise<string> };
  };

  migrate(id: string, host?: Ref): Promise<void> {
    return this.migrations.migrate(id, host);
  }

  cancelMigration(id: string): Promise<void> {
    return this.migrations.cancelMigration(id);
  }

  capture(...requested: Parameters<VmPort['capture']>): ReturnType<VmPort['capture']> {
    return createCapture(this.connection).capture(...requested);
  }

  console(...requested: Parameters<VmPort['console']>): ReturnType<VmPort['console']> {
    return createConsoles(this.connection).console(...requested);
  }

  actions(id: string): ReturnType<VmPort['actions']> {
    return createHistory(this.connection).actions(id);
  }

  private get migrations(): Pick<VmPort, 'migrate' | 'cancelMigration'> {
    return createMigrations(this.connection, this.common.inventory.hostNameOf);
  }
}
