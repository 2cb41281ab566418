import { ask, make, time } from './dom.js';
import { fill } from './table.js';

function state({ endedAt, failure, beganAt }) {
  if (endedAt === undefined)
    return make('td', { class: 'warn' }, `running for ${((Date.now() - beganAt) / 1000).toFixed(0)} s`);
  if (failure !== undefined) return make('td', { class: 'bad' }, `failed: ${failure}`);
  return make('td', { class: 'ok' }, `done in ${((endedAt - beganAt) / 1000).toFixed(1)} s`);
}

/** The object, and the VM that it belongs to. */
function objectOf({ what, vm }) {
  const name = vm?.name ?? vm?.id;
  return what === undefined ? (name ?? '') : name === undefined || name === what ? what : `${what} (${name})`;
}

/** A call's path below its service's version and project. */
const withoutPrefix = (path) => path.replace(/^.*?\/v\d[\d.]*(?:\/[0-9a-f]{32})?(?=\/)/, '');

function step({ step: last }) {
  if (last === undefined) return make('td', {});
  const { service, method, path, status, at, calls, failedCalls } = last;
  const outcome = status === 0 ? 'no answer' : String(status);
  return make(
    'td',
    {},
    make('code', { title: path }, `${service} ${method} ${withoutPrefix(path)}`),
    ` ${outcome}, ${time(at)}; ${calls} calls so far`,
    failedCalls > 0 ? make('strong', { class: 'bad' }, `, ${failedCalls} failed`) : '',
  );
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
        make('td', {}, objectOf(job)),
        make('td', {}, job.user.name ?? ''),
        state(job),
        step(job),
        make('td', {}, make('code', {}, job.correlationId)),
      ),
    ),
  );
}
