import type { Operation } from '../../declare/operation.js';
import { absentSince4 } from './absent.js';
import { affinityLabelOperations } from './affinitylabels.js';
import { attachmentOperations } from './attachments.js';
import { consoleOperations } from './consoles.js';
import { sentEventOperations } from './events.js';
import { imageTransferOperations } from './imagetransfers.js';
import { levelOperations } from './levels.js';
import { macPoolOperations } from './macpools.js';
import { networkFilterOperations } from './networkfilters.js';
import { optionOperations } from './options.js';
import { schedulingPolicyOperations } from './schedulingpolicies.js';
import { userPartOperations } from './users.js';

/** What version 4 has and version 3 had not (docs/reference/v3-v4-differences.md, D). */
export const operationsSince4: readonly Operation[] = [
  ...affinityLabelOperations,
  ...attachmentOperations,
  ...consoleOperations,
  ...sentEventOperations,
  ...imageTransferOperations,
  ...levelOperations,
  ...macPoolOperations,
  ...networkFilterOperations,
  ...optionOperations,
  ...schedulingPolicyOperations,
  ...userPartOperations,
  ...absentSince4,
].map((operation) => ({ ...operation, since: operation.since === 'gateway' ? 'gateway' : '4.0' }));
