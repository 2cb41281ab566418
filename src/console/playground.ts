import express, { Router } from 'express';
import { ExchangeSyntaxError, parseExchange, type ExchangeRequest } from '../exchanges/index.js';
import { BadInput } from './bad-input.js';
import { parseCurl } from './parse-curl.js';
import { playgroundBackends, type ConsoleParts, type PlaygroundBackend } from './parts.js';

/** One at a time: each request gets a gateway and a simulator of its own. */
let running: Promise<unknown> = Promise.resolve();

/** Carries out a pasted request on a scratch simulator: `{backend, version, text}` in, an exchange out. */
export function playgroundRoutes({ tryOut }: ConsoleParts): Router {
  const router = Router();
  router.post('/playground', express.json({ limit: '1mb' }), async (request, response) => {
    const { backend, version, text } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    if (!isBackend(backend)) throw new BadInput(`backend must be one of ${playgroundBackends.join(', ')}.`);
    if (version !== undefined && version !== '3' && version !== '4') throw new BadInput('version is 3 or 4.');
    if (typeof text !== 'string')
      throw new BadInput('text must be a request: a curl command, or a request line and headers.');
    const tried = withVersion(withoutLogin(requestOf(text)), version);
    const next = running.then(() => tryOut(backend, tried));
    running = next.catch(() => undefined);
    response.json(await next);
  });
  return router;
}

const isBackend = (value: unknown): value is PlaygroundBackend =>
  playgroundBackends.some((backend) => backend === value);

/** A pasted curl command, or a request as it goes over the wire. Throws BadInput. */
function requestOf(text: string): ExchangeRequest {
  try {
    return /^\s*\$?\s*curl\b/.test(text) ? parseCurl(text) : parseExchange(text).request;
  } catch (error) {
    if (error instanceof ExchangeSyntaxError) throw new BadInput(error.message, { cause: error });
    throw error;
  }
}

/** Its login belongs to another system: the simulator's own is used instead. */
function withoutLogin(request: ExchangeRequest): ExchangeRequest {
  const isLogin = (name: string): boolean => ['authorization', 'cookie'].includes(name.toLowerCase());
  return { ...request, headers: request.headers.filter(([name]) => !isLogin(name)) };
}

/** The header `Version` chooses the version where the path does not. */
function withVersion(request: ExchangeRequest, version: string | undefined): ExchangeRequest {
  if (version === undefined) return request;
  const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'version');
  return { ...request, headers: [...headers, ['Version', version]] };
}
