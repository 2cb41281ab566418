import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'undici';

/** The baseline: plain express 5 that passes PowerVC's answer on (docs/reference/performance.md, section 4, "base"). */
const pool = new Pool(process.env['BACKEND']!, { connections: 64, pipelining: 1 });
const app = express();
app.use(async (request, response) => {
  const answer = await pool.request({
    method: 'GET',
    path: request.originalUrl,
    headers: { 'x-auth-token': process.env['TOKEN']! },
  });
  response.status(answer.statusCode).set('content-type', 'application/json');
  answer.body.pipe(response);
});
const server = app.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
process.once('SIGTERM', () => process.exit(0));
