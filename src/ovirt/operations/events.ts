import * as events from '../../services/events/events.js';
import * as jobs from '../../services/events/jobs.js';
import { absent, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { eventResource, jobResource, stepResource } from './resources.js';
import { idIn, untilVersion3 } from './shared.js';

const EVENT =
  "Nova's instance actions of recently changed VMs, and the changes that this gateway has made since it started.";
const JOB =
  "Work of this gateway in progress and recently completed, and Nova's instance actions of recently changed VMs.";
const KEPT = 'events come from {cloud}: they cannot be added or removed.';
const OWN = 'jobs are created by the gateway and by {cloud} only.';

const at = collection('/events', '{event:name}', eventResource);
const all = collection('/jobs', '{job:id}', jobResource);
const steps = collection('/jobs/{job:id}/steps', '{step:id}', stepResource);

export const eventOperations: readonly Operation[] = [
  at.list({
    summary: 'Events, the newest first',
    how: EVENT,
    support: 'emulated',
    searchable: true,
    parameters: ['from'],
    verb({ scope, parameters }) {
      const from = parameters.long('from');
      return events.list(scope, { ...(from !== undefined && { from }) });
    },
  }),
  // before the path of an event, which would take the word for an id
  ...refusals('event', 'action', KEPT, ['undelete /events']),
  at.get({
    summary: 'One event',
    how: EVENT,
    support: 'emulated',
    verb: ({ scope, ids }) => events.get(scope, ids.event),
  }),
  ...untilVersion3(refusals('event', 'event', KEPT, ['add /events', 'remove /events/{event:name}'])),
];

export const jobOperations: readonly Operation[] = [
  all.list({
    summary: 'Jobs: work that continues after an answer',
    how: JOB,
    support: 'emulated',
    verb: ({ scope }) => jobs.list(scope),
  }),
  all.get({ summary: 'One job', how: JOB, support: 'emulated', verb: ({ scope, ids }) => jobs.get(scope, ids.job) }),
  ...refusals('job', 'job', OWN, ['add /jobs', 'clear /jobs/{job:id}', 'end /jobs/{job:id}']),
  steps.list({
    summary: 'The steps of a job: one',
    how: JOB,
    support: 'emulated',
    verb: ({ scope, ids }) => jobs.steps(scope, ids.job),
  }),
  steps.get({
    summary: 'One step',
    how: JOB,
    support: 'emulated',
    verb: ({ scope, ids }) => jobs.step(scope, ids.job, ids.step),
  }),
  ...refusals('step', 'step', OWN, ['add /jobs/{job:id}/steps', 'end /jobs/{job:id}/steps/{step:id}']),
  ...absent(
    '/jobs/{job:id}/steps/{step:id}',
    [
      {
        name: 'statistics',
        key: 'statistic',
        entity: 'statistic',
        document: 'statistics',
        why: 'steps are not measured.',
      },
    ],
    (call: Call) => jobs.step(call.scope, idIn(call, 'job'), idIn(call, 'step')),
  ),
];
