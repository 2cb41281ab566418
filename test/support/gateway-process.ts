import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { quick } from './testbed.js';
import { settingsAt, type SimulatedKind } from './simulated-clouds.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = `${root}dist/cli/main.js`;

/** Builds dist/ when a source is newer than it, as after an edit without `npm run build`. */
export function ensureBuilt(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stderr}`);
}

/** A gateway in a process of its own: the command, in front of a simulator elsewhere. */
export interface GatewayProcess {
  readonly url: string;
  kill(): Promise<void>;
  /** Sends SIGTERM, and gives the exit code: of a process of its own. */
  end?(): Promise<number | null>;
  /** Resolves when it is at no work: where it runs in this process, and can be asked. */
  settled?(): Promise<void>;
}

export async function startProcess(kind: SimulatedKind, url: string, ...sets: string[]): Promise<GatewayProcess> {
  const settings = [...quick, ...settingsAt[kind](url), ...sets].flatMap((set) => ['--set', set]);
  const child = spawn(process.execPath, [main, 'serve', ...settings], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let printed = '';
  const address = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer): void => {
      printed += data.toString();
      const found = /listens on (http:\S+)\/api/.exec(printed);
      if (found) resolve(found[1]!);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    exited.then(([code]) => {
      reject(new Error(`The gateway ended with ${String(code)}:\n${printed}`));
    }, reject);
  });
  return {
    url: address,
    async end() {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
