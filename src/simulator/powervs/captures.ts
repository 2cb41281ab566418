import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { idle } from './idle.js';
import { conflict, missing } from './refusals.js';
import { answer, instanceOf, needed, oneOf, route, text, type Route, type SimulatedCall } from './routes.js';
import type { Job } from './types.js';
import { jobReference, jobView } from './views.js';
import type { World } from './world.js';

/** Captures an instance as an image of the workspace; a job reports the progress (docs/reference/power.md, 3.2). */
function capture(call: SimulatedCall, world: World): Job {
  const one = instanceOf(call, world);
  idle(one, 'ACTIVE', 'SHUTOFF');
  const name = needed(text(call, 'captureName'), 'captureName');
  needed(oneOf(call, 'captureDestination', ['image-catalog', 'cloud-storage', 'both']), 'captureDestination');
  if ([...world.images.values()].some((image) => image.name === name))
    throw conflict(`image with name ${name} already exists`);
  const job = world.add('jobs', {
    id: world.random.uuid(),
    action: 'vmCapture',
    target: 'pvmInstance',
    targetID: one.pvmInstanceID,
    createTimestamp: world.now(),
  });
  world.work.begin('instance.capture', one.pvmInstanceID, { name, job: job.id });
  return job;
}

function lastCapture(call: SimulatedCall, world: World): Answer {
  const { pvmInstanceID } = instanceOf(call, world);
  const job = [...world.jobs.values()]
    .filter(({ action, targetID }) => action === 'vmCapture' && targetID === pvmInstanceID)
    .at(-1);
  if (!job) throw missing('capture job of pvm-instance', pvmInstanceID);
  return answer(jobView(job));
}

export const captureRoutes: readonly Route[] = [
  route('POST', '1:/pvm-instances/{instance}/capture', (call, world) => {
    capture(call, world);
    return answer({}, 202);
  }),
  route('POST', '2:/pvm-instances/{instance}/capture', (call, world) =>
    answer(jobReference(world, capture(call, world)), 202),
  ),
  route('GET', '2:/pvm-instances/{instance}/capture', lastCapture),
];

function captured(world: World, id: string, name: string): void {
  const one = world.get('instances', id, 'pvm-instance');
  world.add('images', {
    imageID: world.random.uuid(),
    imageType: 'captured',
    name,
    creationDate: world.now(),
    storageType: one.storageType,
    storagePool: one.storagePool,
    osType: one.osType,
    operatingSystem: one.operatingSystem,
    volumes: world.volumesOf(id).map((volume) => ({
      volumeID: world.random.uuid(),
      name: volume.name,
      size: volume.size,
      bootable: volume.bootable,
    })),
  });
}

/** Ends the job `args.job`, if there is one: older state files have none. */
export function settleJob(world: World, id: string | undefined, state: string, message = ''): void {
  const job = id === undefined ? undefined : world.jobs.get(id);
  if (job) Object.assign(job, { state, message });
}

export const captureWork: Readonly<Record<string, WorkKind<World>>> = {
  'instance.capture': {
    seconds: 15,
    done: (world, { id, args }) => {
      captured(world, id, needed(args['name'], 'name'));
      settleJob(world, args['job'], 'completed');
    },
    failed: (world, { args }, message) => settleJob(world, args['job'], 'failed', message),
  },
};
