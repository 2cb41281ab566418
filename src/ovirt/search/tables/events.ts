import { nameId, type Event } from '../../../model/index.js';
import * as access from '../../../services/access/access.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { vmRows } from '../rows.js';
import { field, related, rowsOf, searchTable } from '../table.js';

/** searchbackend/AuditLogConditionFieldAutoCompleter, and the correlation id. */
export const eventSearch = searchTable('event', {
  object: 'event',
  words: ['event'],
  fields: {
    type: field('number', 'Event code', ({ code }) => code),
    severity: field('rank', 'Severity', ({ severity }) => severity, {
      words: ['normal', 'warning', 'error', 'alert'],
    }),
    message: field('text', 'Its message', ({ description }) => description),
    time: field('date', 'Date of the event', ({ time }) => time),
    correlation_id: field('text', 'Correlation id of the request', ({ correlationId }) => correlationId),
    usrname: field('text', 'Login name, with or without @directory or @profile', ({ user }) => user?.id, {
      via: ['user', 'usrname'],
      free: false,
    }),
    event_vm: field('text', 'Name of the VM', ({ vm }) => vm?.name),
    event_host: field('text', 'Name of the host', ({ host }) => host?.name),
    event_template: field('text', 'Name of the template', ({ template }) => template?.name),
    event_storage: field('text', 'Name of the storage domain', ({ storageDomain }) => storageDomain?.name),
    event_volume: field('text', 'Name of a Gluster volume: there are none', () => undefined),
    custom_event_id: field('number', 'Custom id of an external event', ({ customId }) => customId),
    deleted: field('flag', 'Whether it was removed from the list', () => false),
    event_datacenter: field('text', 'Name of the data center', (_, { project }) => project.name),
    origin: field('text', 'Its origin', ({ origin }) => origin),
    _event_vm_id: field('id', 'Id of the VM', ({ vm }) => vm?.id),
    _event_host_id: field('id', 'Id of the host', ({ host }) => host?.id),
    _event_template_id: field('id', 'Id of the template', ({ template }) => template?.id),
    _event_storage_id: field('id', 'Id of the storage domain', ({ storageDomain }) => storageDomain?.id),
    _event_datacenter_id: field('id', 'Id of the data center', (_, { project }) => nameId('datacenter', project.id)),
    _event_quota_id: field('id', 'Id of the quota: not reported', () => undefined),
    usrid: field('id', 'Id of the user', ({ user }) => user?.id, { free: false }),
    id: field('number', 'Its number', ({ id }) => Number(id)),
  },
  related: () => ({
    template: related(
      'template',
      ({ template }: Event) => [template?.id],
      (scope) => rowsOf(inventory.templates(scope), ({ id }) => [id]),
    ),
    vm: related(
      'vm',
      ({ vm }: Event) => [vm?.id],
      vmRows(({ id }) => [id]),
    ),
    host: related(
      'host',
      ({ host }: Event) => [host?.id],
      (scope) => rowsOf(inventory.hosts(scope), ({ id }) => [id]),
    ),
    cluster: related(
      'cluster',
      ({ cluster }: Event) => [cluster?.id],
      (scope) => rowsOf(inventory.clusters(scope), ({ id }) => [id]),
    ),
    user: related(
      'user',
      ({ user }: Event) => [user?.id],
      (scope) => rowsOf(access.users(scope), ({ id }) => [id]),
    ),
  }),
});
