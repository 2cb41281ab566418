import type { Credentials } from '../../model/index.js';

/**
 * The credentials of a Basic header (RFC 7617, UTF-8); undefined if there are none to try. The user is `user@profile`
 * (the last @ counts) or `profile\user`; the password may hold colons (docs/reference/ovirt.md, section 3). Engines
 * refuse a login without a profile, so it is undefined as well.
 */
export function credentialsOf(authorization: string | undefined): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return credentialsFrom(text.slice(0, colon), text.slice(colon + 1));
}

/** The credentials of a login name and a password; undefined without a user or a profile. */
export function credentialsFrom(login: string, password: string): Credentials | undefined {
  const at = login.lastIndexOf('@');
  const slash = login.indexOf('\\');
  const [user, profile] =
    at >= 0 ? [login.slice(0, at), login.slice(at + 1)] : [login.slice(slash + 1), login.slice(0, Math.max(slash, 0))];
  return user === '' || profile === '' ? undefined : { user, profile, password };
}
