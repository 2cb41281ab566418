import type { Records, Seeds } from '../types.js';
import { EPOCH } from './settings.js';
import type { Origin } from './origin.js';

export function volume(seed: Seeds['volumes'], from: Origin): Records['volumes'] {
  const attachments = (seed.attachments ?? []).map((attachment, index) => ({
    id: from.uuid(),
    device: `/dev/sd${String.fromCharCode(97 + index)}`,
    attached_at: EPOCH,
    state: 'attached' as const,
    boot_index: null,
    delete_on_termination: false,
    ...attachment,
  }));
  return {
    name: '',
    description: null,
    status: attachments.length > 0 ? 'in-use' : 'available',
    volume_type: from.volumeType,
    metadata: {},
    bootable: false,
    multiattach: false,
    snapshot_id: null,
    source_volid: null,
    project_id: from.projectId,
    user_id: from.userId,
    created_at: EPOCH,
    updated_at: EPOCH,
    storage_hostname: null,
    image_metadata: null,
    group_id: null,
    data: null,
    ...seed,
    attachments,
  };
}
