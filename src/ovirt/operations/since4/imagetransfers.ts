import { Fault, type ImageTransfer } from '../../../model/index.js';
import type { Event } from '../../../services/transfers/phases.js';
import type { Transfers } from '../../../services/transfers/transfers.js';
import { collection } from '../../declare/collection.js';
import { loginOf } from '../../declare/journaling.js';
import type { Call, Operation } from '../../declare/operation.js';
import { declareResource } from '../../declare/resource.js';

/** Bytes of disks over HTTP: docs/reference/v4-wire.md, section 9. */
const resource = declareResource<ImageTransfer>({
  entity: 'image transfer',
  element: 'image_transfer',
  list: 'image_transfers',
  table: 'imageTransfer',
});

type Ids = { readonly imagetransfer: string };
const at = collection('/imagetransfers', '{imagetransfer:id}', resource);

function transfersOf({ transfers, operation, scope }: Call): Transfers {
  if (transfers) return transfers;
  throw new Fault('unsupported', {
    operation: operation.title,
    subject: 'The content of a disk',
    backend: scope.backend,
    why: 'image transfers are disabled (setting transfers.enabled).',
  });
}

/** There are none while image transfers are turned off. */
const none = (id: string): never => {
  throw new Fault('not-found', { what: 'Image transfer', id });
};

const look = (call: Call<Ids>): Promise<ImageTransfer> =>
  call.transfers?.get(call.scope, call.ids.imagetransfer) ?? none(call.ids.imagetransfer);

async function* list({ transfers, scope }: Call): AsyncGenerator<readonly ImageTransfer[]> {
  yield (await transfers?.list(scope)) ?? [];
}

const action = (event: Event, summary: string, how: string): Operation[] =>
  at.action(event, look, {
    summary,
    how,
    faults: ['conflict'],
    verb: (call) => transfersOf(call).act(call.scope, call.ids.imagetransfer, event),
  });

export const imageTransferOperations: readonly Operation[] = [
  at.list({
    summary: 'The image transfers of the project, including those that ended recently',
    how: 'Records in the spool folder.',
    verb: list,
  }),
  at.get({ summary: 'One image transfer', how: 'A record in the spool folder.', verb: look }),
  at.add({
    summary: 'Start an upload or download of a disk',
    how:
      'Upload: a file in the spool folder. Download: Cinder os-volume_upload_image; ' +
      'for a snapshot or an attached disk, from a copy.',
    faults: ['not-found.reference', 'conflict', 'conflict.transition', 'conflict.locked', 'refused', 'unsupported'],
    needs: ['disk.download'],
    needsFor: [
      {
        capability: 'disk.upload',
        subject: 'image_transfer.direction upload',
        when: ({ direction }) => direction !== 'download',
      },
    ],
    required: [{ field: 'image|disk|snapshot.id', at: 'image|disk|snapshot' }],
    verb: (call, input) =>
      transfersOf(call).add(call.scope, input, {
        origin: call.exchange.origin,
        correlationId: call.exchange.correlationId,
        userLogin: loginOf(call),
      }),
  }),
  ...action('extend', 'Extend a transfer, so that it does not time out', 'Marks the transfer as just used.'),
  ...action('pause', 'Pause a transfer', 'The transfer URL is closed until the transfer is resumed.'),
  ...action('resume', 'Resume a paused transfer', 'The transfer URL is open again.'),
  ...action(
    'finalize',
    'End a transfer',
    'Upload: Glance stores the data as an image, and Cinder os-reimage writes it to the volume. ' +
      'Download: the image is deleted.',
  ),
  ...action('cancel', 'Cancel a transfer', 'The spooled data and the image are deleted; the disk is unchanged.'),
];
