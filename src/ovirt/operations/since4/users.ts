import type { SshPublicKey, UserOption } from '../../../model/index.js';
import * as keys from '../../../services/access/userkeys.js';
import * as options from '../../../services/access/useroptions.js';
import { refusals } from '../../declare/absent.js';
import { collection } from '../../declare/collection.js';
import type { Operation } from '../../declare/operation.js';
import { declareResource } from '../../declare/resource.js';

const keyResource = declareResource<SshPublicKey>({
  entity: 'SSH public key',
  element: 'ssh_public_key',
  list: 'ssh_public_keys',
  table: 'sshPublicKey',
});
const optionResource = declareResource<UserOption>({
  entity: 'user option',
  element: 'user_option',
  list: 'user_options',
  table: 'userOption',
});

const keysOf = collection('/users/{user:id}/sshpublickeys', '{sshpublickey:id}', keyResource);
const optionsOf = collection('/users/{user:id}/options', '{option:id}', optionResource);

const KEYS = 'Nova key pairs. Users see and change only their own.';
const OPTIONS = 'Metadata of a host group, which every project can read and only an administrator can change.';
const optionFacts = { how: OPTIONS, support: 'emulated' } as const;

/** docs/reference/v4-wire.md, section 8, users. */
export const userPartOperations: readonly Operation[] = [
  keysOf.list({
    summary: 'The SSH public keys of a user',
    how: KEYS,
    verb: ({ scope, ids }) => keys.list(scope, ids.user),
  }),
  keysOf.get({
    summary: 'One SSH public key',
    how: KEYS,
    verb: ({ scope, ids }) => keys.get(scope, ids.user, ids.sshpublickey),
  }),
  keysOf.add({
    summary: 'Add an SSH public key',
    how: KEYS,
    required: [{ field: 'content' }],
    faults: ['duplicate-name', 'unsupported', 'backend.refused', 'backend.quota'],
    verb: ({ scope, ids }, input) => keys.add(scope, ids.user, input),
  }),
  keysOf.remove({
    summary: 'Remove an SSH public key',
    how: KEYS,
    verb: ({ scope, ids }) => keys.remove(scope, ids.user, ids.sshpublickey),
  }),
  ...refusals('SSH public key', 'ssh_public_key', 'a Nova key pair cannot be changed: remove it and add another.', [
    'update /users/{user:id}/sshpublickeys/{sshpublickey:id}',
  ]),
  optionsOf.list({
    ...optionFacts,
    summary: 'The options that clients keep for a user',
    verb: ({ scope, ids }) => options.list(scope, ids.user),
  }),
  optionsOf.get({
    ...optionFacts,
    summary: 'One option',
    verb: ({ scope, ids }) => options.get(scope, ids.user, ids.option),
  }),
  optionsOf.add({
    ...optionFacts,
    summary: 'Keep an option for a user',
    required: [{ field: 'content' }, { field: 'name' }],
    faults: ['duplicate-name', 'backend.forbidden', 'unsupported'],
    verb: ({ scope, ids }, input) => options.add(scope, ids.user, input),
  }),
  optionsOf.remove({
    ...optionFacts,
    summary: 'Remove an option',
    faults: ['backend.forbidden'],
    verb: ({ scope, ids }) => options.remove(scope, ids.user, ids.option),
  }),
];
