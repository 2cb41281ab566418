import { defaultIds } from '../../src/simulator/index.js';
import { ANY, gatewayOn, load, nova, ONE, ROUNDS, script, warm, type Measure } from './load.js';
import { startProcess, type Running } from './processes.js';
import { median, ofRounds, type Row } from './report.js';

/** A request to the gateway and the same one through the pass-through. */
interface Comparison {
  readonly what: string;
  readonly goal: string;
  readonly goalCpu: string;
  readonly front: string;
  readonly back: string;
  readonly connections: number;
}

/** `path`: where the cloud has Nova. */
const comparisons = (path: string): readonly Comparison[] => [
  {
    // clients that poll one VM share what the cloud answers
    what: 'one VM',
    goal: '>= 1.5',
    goalCpu: '<= 0.75',
    front: ONE,
    back: `${path}/servers/${defaultIds.servers.aix}`,
    connections: 16,
  },
  {
    what: 'a VM of its own for each client',
    goal: '>= 1.5',
    goalCpu: '<= 0.75',
    front: `/api/vms/${ANY}`,
    back: `${path}/servers/${ANY}`,
    connections: 16,
  },
  {
    what: 'list of 1000 VMs',
    goal: '>= 0.25',
    goalCpu: '<= 6',
    front: '/api/vms',
    back: `${path}/servers/detail?limit=1000`,
    connections: 4,
  },
];

interface Round {
  readonly ours: Measure;
  readonly theirs: Measure;
}

/** Rounds in which gateway and pass-through take turns at being the first. */
async function takeTurns(
  gateway: Running,
  passing: Running,
  { front, back, connections }: Comparison,
  seconds: number,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  const gatewayLoad = () => load(gateway, front, connections, seconds);
  const passingLoad = () => load(passing, back, connections, seconds);
  await warm(gateway.url + ONE);
  // V8 compiles hot code on other threads, whose time counts, too
  await load(passing, back, connections, 1);
  await load(gateway, front, connections, 1);
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) rounds.push({ theirs: await passingLoad(), ours: await gatewayLoad() });
    else rounds.push({ ours: await gatewayLoad(), theirs: await passingLoad() });
  }
  return rounds;
}

function rowsOf({ what, goal, goalCpu }: Comparison, rounds: readonly Round[]): Row[] {
  const both = (key: keyof Measure, digits: number): string =>
    [median(rounds.map(({ ours }) => ours[key])), median(rounds.map(({ theirs }) => theirs[key]))]
      .map((value) => value.toFixed(digits))
      .join(' against ');
  return [
    {
      what: `HTTP, ${what}: requests a second, of express + undici pass-through`,
      ...ofRounds(rounds.map(({ ours, theirs }) => ours.rps / theirs.rps)),
      goal,
      detail: both('rps', 0),
    },
    {
      what: `HTTP, ${what}: CPU of a request, of the same`,
      ...ofRounds(rounds.map(({ ours, theirs }) => ours.cpuMs / theirs.cpuMs)),
      goal: goalCpu,
      detail: `${both('cpuMs', 2)} ms; p99 ${both('p99', 0)} ms`,
    },
  ];
}

/** One VM, and a list of 1000, against the pass-through of the same backend. */
export async function ratios(seconds = 3): Promise<Row[]> {
  const backend = await startProcess(script('backend'));
  const { token, path } = await nova(backend);
  const gateway = await gatewayOn(backend);
  const passing = await startProcess(script('pass-through'), { BACKEND: backend.url, TOKEN: token });
  try {
    const rows: Row[] = [];
    for (const comparison of comparisons(path))
      rows.push(...rowsOf(comparison, await takeTurns(gateway, passing, comparison, seconds)));
    return rows;
  } finally {
    await Promise.all([gateway.stop(), passing.stop()]);
    await backend.stop();
  }
}
