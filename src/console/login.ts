import express, { Router, type Request } from 'express';
import type { Access } from './access.js';
import { BadInput } from './bad-input.js';
import type { ConsoleParts } from './parts.js';

const COOKIE = 'console';

const cookieOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(request.get('cookie') ?? '')?.[1];

/** The user who is logged in. */
export const sessionOf = (request: Request, access: Access): string | undefined => access.userOf(cookieOf(request));

/** Login and logout: forms, so that they work without script. The cookie is sent by this site's own pages only. */
export function loginRoutes({ access, onLogin }: Pick<ConsoleParts, 'access' | 'onLogin'>): Router {
  const router = Router();
  router.post('/login', express.urlencoded({ extended: false, limit: '4kb' }), async (request, response) => {
    const { user, password } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof user !== 'string' || typeof password !== 'string') throw new BadInput('Enter a user and a password.');
    const id = await access.login(user, password);
    onLogin?.(user, request.ip ?? '', id !== undefined);
    if (id === undefined) return response.redirect(303, '/console?login=refused');
    response.cookie(COOKIE, id, { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/console' });
    response.redirect(303, '/console');
  });
  router.post('/logout', (request, response) => {
    access.logout(cookieOf(request));
    response.clearCookie(COOKIE, { path: '/console' });
    response.redirect(303, '/console');
  });
  return router;
}
