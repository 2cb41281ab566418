import { calls, type Bodies } from '../../generated/powervs/calls.js';
import { answerValidators } from '../../generated/powervs/validators.js';
import type { IdOf, Table } from '../http/wire.js';

/** What schemas/powervs declares of the wire. */
export const powerVs: Table<typeof calls, Bodies> = { calls, answerValidators };
export type PowerVsTable = typeof powerVs;
export type CallId = IdOf<PowerVsTable>;
