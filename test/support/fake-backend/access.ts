import { nameId, type SshPublicKey } from '../../../src/model/index.js';
import type { FakeWorld } from '../fake-world.js';

/** Methods of permissions and keys on a FakeWorld. */
export function accessMethods(world: FakeWorld) {
  const keys = new Map<string, SshPublicKey>();
  return {
    permissions: async () => world.permissions,
    keys: async () => [...keys.values()],
    async addKey(key: { readonly name: string; readonly content: string }) {
      const added = { id: nameId('keypair', key.name), ...key };
      keys.set(key.name, added);
      return added;
    },
    async removeKey(name: string) {
      keys.delete(name);
    },
  };
}
