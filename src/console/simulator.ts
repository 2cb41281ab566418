import express, { Router } from 'express';
import { BadInput } from './bad-input.js';
import type { ConsoleParts } from './parts.js';

/** What the console allows to be done with the simulator (docs/simulator.md). */
const ALLOWED: readonly string[] = [
  'GET /faults',
  'POST /faults',
  'DELETE /faults',
  'POST /advance',
  'DELETE /tokens',
  'GET /state',
  'PUT /state',
];

/** Forwards requests below `/simulator` to the embedded simulator; 404 if there is none. */
export function simulatorRoutes({ simulatorUrl }: ConsoleParts): Router {
  const router = Router();
  router.all(
    ['/simulator/:what', '/simulator/:what/:id'],
    express.text({ type: '*/*', limit: '8mb' }),
    async (request, response) => {
      if (simulatorUrl === undefined)
        return response.status(404).json({ error: 'This gateway has no simulator behind it.' });
      const { what, id } = request.params as Readonly<Record<string, string>>;
      const isRemoval = request.method === 'DELETE' && what === 'faults' && /^\d+$/.test(id ?? '');
      if (!isRemoval && !ALLOWED.includes(`${request.method} /${what}`))
        throw new BadInput(`The console does not pass ${request.method} ${request.path} on to the simulator.`);
      const body = typeof request.body === 'string' && request.body !== '' ? request.body : undefined;
      const answer = await fetch(`${simulatorUrl}/${what}${isRemoval ? `/${id}` : ''}`, {
        method: request.method,
        ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
      });
      response
        .status(answer.status)
        .type('json')
        .send(await answer.text());
    },
  );
  return router;
}
