import { Router, type Response } from 'express';
import { filtered, filterOf } from '../support/index.js';
import { BadInput } from './bad-input.js';
import type { ObservedRequest } from './observed.js';
import type { ConsoleParts } from './parts.js';
import { unmetCsv } from './unmet.js';

/** A comment keeps the connection of a stream alive through proxies, milliseconds. */
const HEARTBEAT_MS = 15_000;
/** Bytes of a stream that a slow reader may leave unread before events are left out. */
const MOST_UNREAD = 256 * 1024;

/** What the page reads: JSON, and the live stream of requests. */
export function dataRoutes(parts: ConsoleParts): Router {
  const { recorder } = parts;
  const router = Router();
  router.get('/health', (_request, response) => response.json(health(parts)));
  router.get('/requests', (_request, response) => response.json({ requests: recorder.list() }));
  router.get('/requests/stream', (_request, response) => stream(parts, response));
  router.get('/requests/:serial', (request, response) => {
    const detail = recorder.detail(Number(request.params.serial));
    if (!detail) return response.status(404).json({ error: 'This request is no longer stored.' });
    return response.json(detail);
  });
  router.get('/unmet', (request, response) => {
    const rows = recorder.unmet.list();
    const format = request.query['format'] ?? 'json';
    if (format === 'csv')
      return response.attachment('asked-for-and-not-got.csv').type('text/csv; charset=utf-8').send(unmetCsv(rows));
    if (format !== 'json') throw new BadInput('format is json or csv.');
    return response.json({ rows });
  });
  router.delete('/unmet', (_request, response) => {
    recorder.unmet.clear();
    response.status(204).end();
  });
  router.get('/jobs', (_request, response) =>
    response.json({
      jobs: parts.jobs().map((job) => {
        const step = job.endedAt === undefined ? recorder.stepOf(job.correlationId) : undefined;
        return { ...job, ...(step && { step }) };
      }),
    }),
  );
  router.get('/support', (request, response) => {
    const query = new URL(request.url, 'http://console').searchParams;
    response.json(filtered(parts.support(), filterOf(query)));
  });
  return router;
}

function health(parts: ConsoleParts): object {
  const probed = parts.services?.() ?? [];
  const seen = parts.recorder.services.list().filter(({ name }) => !probed.some((one) => one.name === name));
  return {
    version: parts.version,
    node: process.version,
    cloud: parts.cloud,
    simulated: parts.simulated,
    uptimeSeconds: Math.round(process.uptime()),
    ...(parts.certificateDays && { certificateDays: parts.certificateDays() }),
    services: [...probed, ...seen],
  };
}

/** Server-sent events: one for each request that is answered. Ends with the connection. */
function stream({ recorder }: ConsoleParts, response: Response): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  response.write('retry: 2000\n\n');
  const send = (request: ObservedRequest): void => {
    if (response.writableLength < MOST_UNREAD) response.write(`data: ${JSON.stringify(request)}\n\n`);
  };
  const unfollow = recorder.follow(send);
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    unfollow();
    clearInterval(heartbeat);
  });
}
