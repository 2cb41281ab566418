import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { readFileSync } from 'node:fs';
import { dataRoutes } from './data.js';
import { loginRoutes, sessionOf } from './login.js';
import { pageHtml, loginHtml } from './page/html.js';
import { CONSOLE_STYLE } from './page/style.js';
import type { ConsoleParts } from './parts.js';
import { playgroundRoutes } from './playground.js';
import { simulatorRoutes } from './simulator.js';

/** No script and no style but our own files; nothing may frame the page, and it sends forms only here. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SCRIPTS = ['app', 'dom', 'requests', 'unmet', 'playground', 'support', 'jobs', 'health', 'simulator', 'table'];

/** The console as an Express application, at `/console`. */
export function createConsole(parts: ConsoleParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    });
    next();
  });
  app.use((request, response, next) => {
    if (parts.acceptsHost(request.headers.host)) return next();
    response
      .status(400)
      .type('text')
      .send('The console does not answer under this name. Names that it may have are listed in admin.allowedHosts.\n');
  });
  app.get('/', (_request, response) => response.redirect('/console'));
  app.get('/console/style.css', (_request, response) => response.type('css').send(CONSOLE_STYLE));
  for (const name of SCRIPTS) {
    const text = readFileSync(new URL(`./page/${name}.js`, import.meta.url), 'utf8');
    app.get(`/console/${name}.js`, (_request, response) => response.type('js').send(text));
  }
  app.use('/console', loginRoutes(parts));
  app.use('/console', (request, response, next) => {
    if (sessionOf(request, parts.access) !== undefined) return next();
    if (request.path.startsWith('/api/')) return void response.status(401).json({ error: 'Log in first.' });
    response.status(401).type('html').send(loginHtml(parts));
  });
  app.get('/console', (request, response) => {
    response.type('html').send(pageHtml(parts, sessionOf(request, parts.access) ?? ''));
  });
  app.use('/console/api', dataRoutes(parts), playgroundRoutes(parts), simulatorRoutes(parts));
  app.use((_request, response) => {
    response.status(404).type('text').send('Not found. The console is at /console.\n');
  });
  // Express knows a handler of errors by its four parameters
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) parts.log.warn('the console failed', { error: messageOf(error) });
    response.status(status).json({ error: messageOf(error) });
  });
  return app;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The status of a bad input: express's body parser and our own errors have one. */
function statusOf(error: unknown): number {
  const { status } = error as { readonly status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
