import type { PmemVolume } from '../../../model/index.js';
import { vmRows } from '../rows.js';
import { field, related, type SearchTable } from '../table.js';

/** Persistent memory volumes: the gateway's own, no engine has them. */
export const pmemSearch: SearchTable<PmemVolume> = {
  object: 'persistent memory volume',
  words: ['pmemvolume'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    id: field('id', 'Its id, or its volume_uuid', ({ id, volumeUuid }) =>
      [id, volumeUuid].filter((one) => one !== undefined),
    ),
    size: field('size', 'Its size, bytes', ({ sizeBytes }) => sizeBytes),
    affinity: field('flag', 'Whether it is affine to one processor chip', ({ affinity }) => affinity),
    device: field('text', 'Its device', ({ device }) => device),
    status: field('word', 'Its status', ({ status }) => status, { words: ['ok', 'locked', 'illegal'] }),
    vm_names: field('text', 'Name of the VM that it is attached to', () => undefined, {
      via: ['vm', 'name'],
      free: false,
    }),
  },
  related: () => ({
    vm: related(
      'vm',
      ({ vm }: PmemVolume) => [vm?.id],
      vmRows(({ id }) => [id]),
    ),
  }),
};
