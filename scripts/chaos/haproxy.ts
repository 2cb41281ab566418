import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from './command.js';
import { freePort } from './programs.js';

export interface Haproxy {
  readonly url: string;
  /** The state of each server, by name: `UP`, `DOWN`, `UP 1/3`. */
  states(): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<void>;
}

/** Its version; undefined when it is not installed. */
export function haproxyVersion(): string | undefined {
  const { status, stdout } = spawnSync('haproxy', ['-v'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n', 1)[0] : undefined;
}

/**
 * HAProxy in front of gateways, with the defaults of Debian's package (times) and HAProxy's own (a check every 2 s,
 * down after three failures, up after two successes, safe reuse of connections, no redispatch).
 */
export async function startHaproxy(ports: readonly number[]): Promise<Haproxy> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-haproxy-'));
  const socket = join(folder, 'socket');
  const port = await freePort();
  const servers = ports.map((one, at) => `  server replica${at + 1} 127.0.0.1:${one} check`);
  const lines = [
    'global',
    `  stats socket ${socket}`,
    'defaults',
    '  mode http',
    '  timeout connect 5000',
    '  timeout client 50000',
    '  timeout server 50000',
    'listen gateway',
    `  bind 127.0.0.1:${port}`,
    '  option httpchk GET /readyz',
    '  http-check send hdr Host gateway',
    ...servers,
  ];
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(child, 'exit');

  async function states(): Promise<ReadonlyMap<string, string>> {
    const rows = (await ask(socket, 'show stat')).split('\n').map((line) => line.split(','));
    const column = rows[0]?.indexOf('status') ?? -1;
    return new Map(rows.flatMap((row) => (row[1]?.startsWith('replica') ? [[row[1], row[column] ?? '']] : [])));
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  }

  for (let look = 0; look < 100; look += 1) {
    if (child.exitCode !== null) throw new Error(`haproxy ended: ${said}`);
    const isThere = await states().then(
      () => true,
      () => false,
    );
    if (isThere) return { url: `http://127.0.0.1:${port}`, states, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`haproxy did not listen: ${said}`);
}

/** One command of its socket, and what it answers. */
const ask = (socket: string, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const connection = createConnection(socket, () => connection.end(`${command}\n`));
    connection.on('data', (data: Buffer) => (text += data.toString()));
    connection.on('end', () => resolve(text));
    connection.on('error', reject);
  });
