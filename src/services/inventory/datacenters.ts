import { Fault, rememberedIds, type DataCenter, type Ref } from '../../model/index.js';
import type { Scope } from '../context.js';

const idOf = rememberedIds('datacenter');
const quotaIdOf = rememberedIds('quota');

/** The one data center: the login's project. No call. */
function dataCenterOf({ session: { project } }: Scope): Required<Pick<DataCenter, 'id' | 'name'>> & DataCenter {
  return { id: idOf(project.id), name: project.name, status: 'up' };
}

/** A reference to it. */
export const inDataCenter = (scope: Scope): Ref => ({ id: dataCenterOf(scope).id });

/** The name of every data center's one quota, which its VMs and disks are in. */
export const DEFAULT_QUOTA = 'Default';

/** That quota. No call. */
export const quotaOf = ({ session: { project } }: Scope): Required<Pick<Ref, 'id' | 'name'>> => ({
  id: quotaIdOf(project.id),
  name: DEFAULT_QUOTA,
});

export const list = async (scope: Scope): Promise<DataCenter[]> => [dataCenterOf(scope)];

/** Throws `not-found` for the id of any other. */
export async function get(scope: Scope, id: string): Promise<DataCenter> {
  const own = dataCenterOf(scope);
  if (id !== own.id) throw new Fault('not-found', { what: 'DataCenter', id });
  return own;
}
