import { get as http, type IncomingMessage } from 'node:http';
import { get as https } from 'node:https';

/**
 * The health check of the container: exits with 0 if the gateway in it answers that it is alive, over HTTP or else
 * HTTPS. The certificate is not verified: it is for the gateway's public name, not for the loopback address.
 */
const host = '127.0.0.1';
const port = Number(process.env['PORT'] || process.env['OVIRT_GATEWAY_SERVER_PORT'] || 8080);
const options = { host, port, path: '/healthz', timeout: 4000 };

type Answered = (answer: IncomingMessage) => void;

const asks = [
  (on: Answered) => http(options, on),
  (on: Answered) => https({ ...options, rejectUnauthorized: false }, on),
];

const isHealthy = (ask: (typeof asks)[number]): Promise<boolean> =>
  new Promise((resolve) => {
    const request = ask((answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(false));
  });

process.exitCode = 1;
for (const ask of asks) {
  if (!(await isHealthy(ask))) continue;
  process.exitCode = 0;
  break;
}
