import { calls, type Bodies } from '../../generated/openstack/calls.js';
import { answerValidators } from '../../generated/openstack/validators.js';
import type { IdOf, Table } from '../http/wire.js';

/** What schemas/openstack declares of the wire. */
export const openStack: Table<typeof calls, Bodies> = { calls, answerValidators };
export type OpenStackTable = typeof openStack;
export type CallId = IdOf<OpenStackTable>;
