import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { settleJob } from './captures.js';
import { conflict, missing } from './refusals.js';
import { answer, done, needed, oneOf, param, route, text, type Route, type SimulatedCall } from './routes.js';
import type { Image, Job } from './types.js';
import { imageReference, imageView, jobReference, jobView } from './views.js';
import type { World } from './world.js';

/** Those for SAP and for tape libraries are listed when a query asks for them. */
const SPECIAL: Readonly<Record<string, string>> = { 'stock-sap': 'sap', 'stock-vtl': 'vtl' };

/**
 * Images: the catalogue's (`stock`), and those of the workspace, which are copies of them, imported, or captured
 * (docs/reference/power.md, 3.2).
 */
const listed = (world: World, stock: boolean, query = new URLSearchParams()): Answer =>
  answer({
    images: [...world.images.values()]
      .filter((one) => one.stock === stock)
      .filter(({ imageType }) => {
        const requested = SPECIAL[imageType];
        return !stock || requested === undefined || query.get(requested) === 'true';
      })
      .map((one) => imageReference(world, one)),
  });

function found(call: SimulatedCall, world: World, stock: boolean): Image {
  const one = world.get('images', param(call, 'image'), 'image');
  if (one.stock !== stock) throw missing('image', one.imageID);
  return one;
}

function checkName(world: World, name: string): void {
  if ([...world.images.values()].some((one) => !one.stock && one.name === name))
    throw conflict(`image with name ${name} already exists`);
}

function copyOfStock(call: SimulatedCall, world: World): Answer {
  needed(oneOf(call, 'source', ['root-project']), 'source');
  const stock = world.get('images', needed(text(call, 'imageID'), 'imageID'), 'image');
  const name = text(call, 'imageName') ?? stock.name;
  checkName(world, name);
  const created = world.add('images', { ...stock, imageID: world.random.uuid(), name, stock: false });
  return answer(imageView(world, created), 201);
}

const jobFor = (world: World, action: string, targetID: string): Job =>
  world.add('jobs', { id: world.random.uuid(), action, target: 'image', targetID, createTimestamp: world.now() });

function importImage(call: SimulatedCall, world: World): Answer {
  const name = needed(text(call, 'imageName'), 'imageName');
  for (const key of ['bucketName', 'imageFilename', 'region']) needed(text(call, key), key);
  checkName(world, name);
  const osType = oneOf(call, 'osType', ['aix', 'ibmi', 'rhel', 'sles']) ?? 'rhel';
  const image = world.random.uuid();
  const job = jobFor(world, 'imageImport', image);
  world.work.begin('image.import', image, { job: job.id, name, osType });
  return answer(jobReference(world, job), 202);
}

function exportImage(call: SimulatedCall, world: World): Job {
  const { imageID } = found(call, world, false);
  needed(text(call, 'bucketName'), 'bucketName');
  const job = jobFor(world, 'imageExport', imageID);
  world.work.begin('image.export', imageID, { job: job.id });
  return job;
}

const last = (world: World, action: string, target?: string): Answer => {
  const job = [...world.jobs.values()]
    .filter((one) => one.action === action && (target === undefined || one.targetID === target))
    .at(-1);
  if (!job) throw missing('job', action);
  return answer(jobView(job));
};

export const imageRoutes: readonly Route[] = [
  route('GET', '1:/images', (_, world) => listed(world, false)),
  route('POST', '1:/images', copyOfStock),
  route('GET', '1:/images/{image}', (call, world) => answer(imageView(world, found(call, world, false)))),
  route('DELETE', '1:/images/{image}', (call, world) => {
    world.images.delete(found(call, world, false).imageID);
    return done;
  }),
  route('GET', '1:/stock-images', ({ query }, world) => listed(world, true, query)),
  route('GET', '1:/stock-images/{image}', (call, world) => answer(imageView(world, found(call, world, true)))),
  route('GET', '/pcloud/v1/images', ({ query }, world) => listed(world, true, query)),
  route('GET', '/pcloud/v1/images/{image}', (call, world) => answer(imageView(world, found(call, world, true)))),
  route('POST', '1:/cos-images', importImage),
  route('GET', '1:/cos-images', (_, world) => last(world, 'imageImport')),
  route('POST', '1:/images/{image}/export', (call, world) => {
    exportImage(call, world);
    return answer({}, 202);
  }),
  route('POST', '2:/images/{image}/export', (call, world) =>
    answer(jobReference(world, exportImage(call, world)), 202),
  ),
  route('GET', '2:/images/{image}/export', (call, world) =>
    last(world, 'imageExport', found(call, world, false).imageID),
  ),
  route('GET', '1:/jobs', (_, world) => answer({ jobs: [...world.jobs.values()].map(jobView) })),
  route('GET', '1:/jobs/{job}', (call, world) => answer(jobView(world.get('jobs', param(call, 'job'), 'job')))),
  route('DELETE', '1:/jobs/{job}', (call, world) => {
    const job = world.get('jobs', param(call, 'job'), 'job');
    if (job.state === 'running') throw conflict(`job ${job.id} is running`);
    world.jobs.delete(job.id);
    return done;
  }),
];

const failedJob: WorkKind<World>['failed'] = (world, { args }, message) =>
  settleJob(world, args['job'], 'failed', message);

export const imageWork: Readonly<Record<string, WorkKind<World>>> = {
  'image.import': {
    seconds: 15,
    done: (world, { id, args }) => {
      const [name, osType] = [needed(args['name'], 'name'), needed(args['osType'], 'osType')];
      world.add('images', {
        imageID: id,
        name,
        osType,
        operatingSystem: osType,
        creationDate: world.now(),
        volumes: [{ volumeID: world.random.uuid(), name: `${name}-boot`, size: 20, bootable: true }],
      });
      settleJob(world, args['job'], 'completed');
    },
    failed: failedJob,
  },
  'image.export': {
    seconds: 15,
    done: (world, { args }) => settleJob(world, args['job'], 'completed'),
    failed: failedJob,
  },
};
