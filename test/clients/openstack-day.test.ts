import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { plainInventory, startSimulator, type Inventory } from '../../src/simulator/index.js';
import { onCloud } from './place.js';

/**
 * A day of openstackclient and openstacksdk (`openstack-day/`), each step with the answer of a real OpenStack
 * (fixtures/openstack/day.jsonl): on the simulated OpenStack, on the simulated PowerVC but for IBM's differences, and
 * in `npm run test:openstack` on the cloud that OS_… names.
 */
interface Step {
  readonly step: string;
  readonly value?: unknown;
  readonly error?: string;
}
type Environment = Readonly<Record<string, string>>;

const PYTHON = '/usr/bin/python3';
const INSTALL = 'apt-get install python3-openstackclient python3-openstacksdk';
const here = (() => {
  if (spawnSync(PYTHON, ['-c', 'import openstack, openstackclient']).status === 0) return true;
  if (process.env['CLIENTS_REQUIRED'] === '1')
    throw new Error(`OpenStack's clients are not installed, and CLIENTS_REQUIRED=1 (${INSTALL})`);
  console.warn(`\n*** OpenStack's clients are not installed: their day is SKIPPED (${INSTALL}) ***\n`);
  return false;
})();

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/openstack/${name}`, import.meta.url), 'utf8');
const steps = (lines: string): Step[] =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Step);
const recorded = steps(fixture('day.jsonl'));
const ibm = parse(fixture('day-powervc.yaml')) as Record<string, string>;

/** Plays the day; only what is given here tells it where. */
async function day(environment: Environment): Promise<Map<string, Step>> {
  const folder = fileURLToPath(new URL('openstack-day', import.meta.url));
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      PYTHON,
      [folder],
      {
        env: { PATH: '/usr/bin:/bin', HOME: '/tmp', PYTHONDONTWRITEBYTECODE: '1', ...environment },
        maxBuffer: 2 ** 26,
      },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`the day broke off: ${stderr}`, { cause: error }));
        else resolve(stdout);
      },
    );
    // The client takes the bytes of an image from there, unless it has ended
    child.stdin?.end();
  });
  return new Map(steps(output).map((one) => [one.step, one]));
}

/** The steps that were answered otherwise, but for those of the names given; and those of them that were not. */
function differing(played: ReadonlyMap<string, Step>, expected: readonly string[]): object {
  const other = recorded.filter(({ step, value }) => JSON.stringify(played.get(step)?.value) !== JSON.stringify(value));
  const names = other.map(({ step }) => step);
  return {
    differ: other
      .filter(({ step }) => !expected.includes(step))
      .map((one) => ({ recorded: one, played: played.get(one.step) })),
    same: expected.filter((step) => !names.includes(step)),
  };
}

async function simulated(inventory?: Inventory): Promise<Map<string, Step>> {
  const simulator = await startSimulator({
    timeScale: 0.01,
    validation: 'off',
    ...(inventory === undefined ? {} : { inventory }),
  });
  try {
    return await day({
      OS_AUTH_URL: simulator.url,
      OS_IDENTITY_API_VERSION: '3',
      OS_REGION_NAME: 'RegionOne',
      OS_USERNAME: 'admin',
      OS_PASSWORD: 'powervc',
      OS_PROJECT_NAME: 'ibm-default',
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_DOMAIN_NAME: 'Default',
      DAY_WAIT: '20',
      DAY_PAUSE: '0.2',
    });
  } finally {
    await simulator.close();
  }
}

const named = (): Environment =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) =>
      key.startsWith('OS_') && value !== undefined ? [[key, value]] : [],
    ),
  );

describe.skipIf(!here)('a day of openstackclient and openstacksdk', () => {
  test.skipIf(onCloud)(
    'is on the simulated OpenStack as on a real one',
    { concurrent: true, timeout: 600_000 },
    async ({ expect: expected }) => {
      expected(differing(await simulated(plainInventory), [])).toEqual({ differ: [], same: [] });
    },
  );

  test.skipIf(onCloud)(
    "is on the simulated PowerVC as on a real OpenStack, but for IBM's differences",
    { concurrent: true, timeout: 600_000 },
    async ({ expect: expected }) => {
      expected(differing(await simulated(), Object.keys(ibm))).toEqual({ differ: [], same: [] });
    },
  );

  test.skipIf(!onCloud)(
    'is on this cloud as it was recorded',
    async () => {
      expect(differing(await day(named()), [])).toEqual({ differ: [], same: [] });
    },
    1_200_000,
  );
});
