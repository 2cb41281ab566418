import { ask, make, time } from './dom.js';
import { fill } from './table.js';

function state({ endedAt, failure, beganAt }) {
  if (endedAt === undefined) return make('td', { class: 'warn' }, `running since ${time(beganAt)}`);
  if (failure !== undefined) return make('td', { class: 'bad' }, `failed: ${failure}`);
  return make('td', { class: 'ok' }, `done in ${((endedAt - beganAt) / 1000).toFixed(1)} s`);
}

export async function showJobs() {
  const { jobs } = await ask('jobs');
  fill(
    '#job-list',
    jobs.map((job) =>
      make(
        'tr',
        {},
        make('td', {}, time(job.beganAt)),
        make('td', {}, job.title),
        make('td', {}, job.vm?.name ?? job.vm?.id ?? ''),
        make('td', {}, job.user.name ?? ''),
        state(job),
        make('td', {}, make('code', {}, job.correlationId)),
      ),
    ),
  );
}
