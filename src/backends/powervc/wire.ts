import { calls, type Bodies } from '../../generated/powervc/calls.js';
import { answerValidators } from '../../generated/powervc/validators.js';
import type { Connection } from '../openstack/connection.js';
import type { Table } from '../http/wire.js';

/** What PowerVC has beside OpenStack's own calls: schemas/powervc. */
const powerVc: Table<typeof calls, Bodies> = { calls, answerValidators };

/** The same login, for IBM's calls. */
export const ibm = (connection: Connection): Connection<typeof powerVc> => connection.using(powerVc);
