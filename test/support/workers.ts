import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './gateway-process.js';
import { quick } from './testbed.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const LOGIN = { authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}` };

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** `serve --workers 2` in processes of their own. */
export interface Workers {
  readonly base: string;
  readonly primary: ChildProcess;
  /** Waits until it has printed this. */
  until(text: RegExp): Promise<RegExpExecArray>;
  /**
   * On a connection of its own, so that the processes have it in turn. `target`: a path, or an address of this gateway.
   */
  ask(target: string, requested?: Asked): Promise<Answer>;
  /** Process ids of the workers. */
  pids(): number[];
  close(): Promise<void>;
}

export async function startWorkers(...sets: readonly string[]): Promise<Workers> {
  ensureBuilt();
  const settings = [...quick, 'server.drainMs=0', 'log.level=info', 'admin.port=0', ...sets];
  const primary = spawn(
    process.execPath,
    [`${root}dist/cli/main.js`, 'serve', '--workers', '2', ...settings.flatMap((set) => ['--set', set])],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let printed = '';
  for (const stream of [primary.stdout, primary.stderr])
    stream.on('data', (data: Buffer) => {
      printed += data.toString();
    });

  const hasEnded = (): boolean => primary.exitCode !== null || primary.signalCode !== null;

  async function until(text: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = text.exec(printed);
      if (found) return found;
      if (hasEnded()) throw new Error(`it ended with ${String(primary.exitCode ?? primary.signalCode)}:\n${printed}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const [, base = ''] = await until(/listens on (http:\S+)\/api[^]*2 processes serve it/);
  return {
    base,
    primary,
    until,
    ask: (target, { method = 'GET', headers = LOGIN, body } = {}) =>
      new Promise((resolve, reject) => {
        const requested = request(
          new URL(target, base),
          { method, agent: false, headers, timeout: 10_000 },
          (response) => {
            const parts: Buffer[] = [];
            response.on('data', (part: Buffer) => parts.push(part));
            response.on('error', reject);
            response.on('end', () => {
              const bytes = Buffer.concat(parts);
              resolve({ status: response.statusCode, headers: response.headers, bytes, text: bytes.toString('utf8') });
            });
          },
        );
        // one that a killed worker had been given is answered by nobody
        requested.on('timeout', () => requested.destroy(new Error(`no answer to ${method} ${target}`)));
        requested.on('error', reject).end(body);
      }),
    pids: () =>
      readFileSync(`/proc/${String(primary.pid)}/task/${String(primary.pid)}/children`, 'utf8')
        .split(' ')
        .filter((pid) => pid !== '')
        .map(Number),
    async close() {
      if (hasEnded()) return;
      const ended = once(primary, 'exit');
      primary.kill('SIGKILL');
      await ended;
    },
  };
}
