import { createServer, get, Agent, type IncomingMessage, type Server } from 'node:http';
import { expect, it } from 'vitest';
import { listen, stopListening, within } from './listen.js';
import { StartError } from './start-error.js';

const body = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
};
const ask = (port: number, agent?: Agent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, ...(agent ? { agent } : {}) }, resolve).on('error', reject);
  });
/** A server whose answers wait until the test lets them go. */
function held(): { server: Server; arrived: Promise<void>; letGo: () => void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let came = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    came = resolve;
  });
  return {
    server: createServer((_, response) => {
      came();
      gate.then(() => response.end('done')).catch((error: Error) => response.destroy(error));
    }),
    arrived,
    letGo,
  };
}

it('says why it cannot listen', async () => {
  const [first, second] = [createServer(), createServer()];
  const port = await listen(first, '127.0.0.1', 0);
  await expect(listen(second, '127.0.0.1', port)).rejects.toThrow(
    new StartError(`cannot listen on 127.0.0.1:${port}: the port is in use; choose another with --port`),
  );
  await expect(listen(second, '203.0.113.1', 0)).rejects.toThrow('this machine has no such address');
  first.close();
});

it('lets a request under way end, though its connection is kept alive', async () => {
  const { server, arrived, letGo } = held();
  const agent = new Agent({ keepAlive: true });
  const answer = ask(await listen(server, '127.0.0.1', 0), agent);
  await arrived;
  const stopped = stopListening(server, 5000);
  letGo();
  expect(await body(await answer)).toBe('done');
  expect(await stopped).toEqual({ brokenOff: false });
  agent.destroy();
});

it('breaks off what takes too long', async () => {
  const { server, arrived } = held();
  const refused = expect(ask(await listen(server, '127.0.0.1', 0))).rejects.toThrow(/socket hang up|ECONNRESET/);
  await arrived;
  expect(await stopListening(server, 20)).toEqual({ brokenOff: true });
  await refused;
});

it('says whether a promise settled in time', async () => {
  expect(await within(Promise.resolve(), 1000)).toBe(true);
  expect(await within(new Promise(() => undefined), 5)).toBe(false);
});
