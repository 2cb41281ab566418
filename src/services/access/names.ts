import { nameId, type UserDomain } from '../../model/index.js';
import type { Scope } from '../context.js';

/** What users and their domain are called. */

/** PowerVC has one domain of users (docs/reference/power.md, 1.1). */
export const domain: Required<UserDomain> = { id: nameId('domain', 'Default'), name: 'Default' };

/** Who looks: the names are those of the version, and of the profile of the login. */
export type Viewer = Pick<Scope, 'engine' | 'profile'>;

/** As a person logs in: `admin@internal`. A cloud whose names have the profile already is not given it twice. */
export const loginName = (name: string, profile: string): string =>
  name.endsWith(`@${profile}`) ? name : `${name}@${profile}`;

const DIRECTORY = '-authz';

/** The directory behind a profile or a login, as engines name it: `internal-authz`, `admin@internal-authz`. */
export const inDirectory = (name: string): string => (name.endsWith(DIRECTORY) ? name : `${name}${DIRECTORY}`);

/** The domain of users. Version 4 names it as an engine names the directory behind the profile of the login. */
export const domainOf = ({ engine, profile }: Viewer): Required<UserDomain> =>
  engine === '3.6' || profile === undefined ? domain : { ...domain, name: inDirectory(profile) };

/**
 * A user's name with its directory. All users of a project are shown in the directory of the profile that leads to it,
 * which is that of the one who looks.
 */
export const userNameOf = ({ engine, profile = domain.name }: Viewer, name: string): string =>
  engine === '3.6' ? loginName(name, domain.name) : inDirectory(loginName(name, profile));

/** The name of a user without its directory, as the cloud has it. */
export const nameWithoutDirectory = ({ profile }: Viewer, name: string): string => {
  const end = profile === undefined ? '' : `@${inDirectory(profile)}`;
  return end !== '' && name.endsWith(end) ? name.slice(0, -end.length) : name;
};

/** A login as jobs record it, as the version shows it in events: version 3 as it is. */
export const loginShown = ({ engine }: Viewer, login: string): string =>
  engine === '3.6' ? login : inDirectory(login);
