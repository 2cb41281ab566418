import { ago, ask, make, one } from './dom.js';

const names = {
  identity: 'Keystone',
  compute: 'Nova',
  volume: 'Cinder',
  network: 'Neutron',
  image: 'Glance',
  metric: 'Gnocchi',
  iam: 'IBM Cloud IAM',
  pcloud: 'Power Virtual Server',
};

function light({ name, state, version, lastGoodAt, lastFailureAt, lastFailureStatus, detail }) {
  return make(
    'div',
    { class: `light ${state}` },
    make('b', {}, names[name] ?? name),
    ` ${state}`,
    version === undefined ? undefined : make('small', {}, `version ${version}`),
    make('small', {}, `last good answer: ${ago(lastGoodAt)}`),
    lastFailureAt === undefined
      ? undefined
      : make('small', {}, `last failure: ${ago(lastFailureAt)} (${lastFailureStatus || 'no answer'})`),
    detail ? make('small', {}, detail) : undefined,
  );
}

function duration(seconds) {
  const [days, hours, minutes] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor);
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}

/** One light per service of the cloud, and the facts about this process. */
export async function showHealth() {
  const { services, ...health } = await ask('health');
  one('#lights').replaceChildren(
    ...(services.length > 0
      ? services.map(light)
      : [make('p', { class: 'quiet' }, 'No service of the cloud has been called yet.')]),
  );
  const facts = [
    ['Cloud', `${health.cloud}${health.simulated ? ', SIMULATED: no real VMs' : ''}`],
    ['Gateway', health.version],
    ['Node.js', health.node],
    ['Up for', duration(health.uptimeSeconds)],
    ['Certificate', health.certificateDays === undefined ? 'plain HTTP' : `expires in ${health.certificateDays} days`],
  ];
  one('#facts').replaceChildren(...facts.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}
