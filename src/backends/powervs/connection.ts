import { timingSafeEqual, createHash } from 'node:crypto';
import { Fault, isFault, type CallOptions, type Credentials } from '../../model/index.js';
import type { RawAnswer, Transport } from '../http/messages.js';
import { accept, send, type CallArguments } from './calls.js';
import { messageOf } from './errors.js';
import { tokenFor, type Token } from './iam.js';
import { endpointIn } from './regions.js';
import type { PowerVsSettings } from './settings.js';
import type { AnswerOf } from '../http/wire.js';
import type { CallId, PowerVsTable } from './wire.js';

/** Where a workspace is. */
export interface WorkspacePlace {
  readonly address: URL;
  readonly crn: string;
  readonly workspace: string;
  /**
   * Where the API's own list of regions is read for the address of this one; `address` is used if the list lacks it.
   */
  readonly directory?: { readonly address: URL; readonly location: string; readonly isPrivate: boolean };
}

/** A login: a token, and the name of the workspace. */
export interface Login extends Token {
  readonly workspaceName: string;
  /** Additional capabilities of the workspace: `custom-virtualcores`. */
  readonly capabilities?: readonly string[];
  /** The address of the workspace's API, if the list of regions has it. */
  readonly address?: string;
}

/**
 * One login that calls are made with. Its token is renewed at 80 % of its life, or when it is refused, once for all who
 * wait.
 */
export interface Connection {
  readonly login: Login;
  /**
   * Sends a declared call. Throws the fault of a refusal; `backend.login` when the token is refused and can't be
   * renewed, `backend.token` when the renewed one is refused, too.
   */
  call<Id extends CallId>(id: Id, args: CallArguments<Id>): Promise<AnswerOf<PowerVsTable, Id>>;
  with(options: CallOptions): Connection;
  export(): string;
  hold(): () => void;
  logOut(): void;
}

interface State {
  login: Login;
  renewal: Promise<Login> | undefined;
  ended: boolean;
  /** How much background work uses it: it is renewed for that, even after a logout. */
  held: number;
}

const same = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/**
 * With a service key, clients log in with the gateway's own password; without one, with their API key. Throws
 * `auth.refused`.
 */
function keyOf({ apiKey, password }: PowerVsSettings, credentials: Credentials): string {
  if (apiKey === undefined) return credentials.password;
  if (password === undefined || !same(password, credentials.password))
    throw new Fault(
      'auth.refused',
      {},
      { cause: new Error('This is not the password of the gateway (powervs.password).') },
    );
  return apiKey;
}

/** Logs in, and reads the workspace: IAM issues tokens for keys of any account. Throws `auth.refused`. */
export async function connect(
  transport: Transport,
  settings: PowerVsSettings,
  place: WorkspacePlace,
  credentials: Credentials,
): Promise<Connection> {
  const key = keyOf(settings, credentials);
  const token = await tokenFor(transport, settings.iamUrl, key, {});
  const found = await located(transport, place, token.token);
  const workspacePlace = { ...place, address: found ?? place.address };
  const incoming = await send(transport, addressed(workspacePlace, token.token), 'workspace.get', {}, {});
  if ([401, 403, 404].includes(incoming.status))
    throw new Fault('auth.refused', {}, { cause: new Error(`Power Virtual Server: ${messageOf(incoming)}`) });
  const { name = place.workspace, capabilities } = accept('workspace.get', incoming);
  const login: Login = {
    ...token,
    workspaceName: name,
    capabilities: capabilities ?? [],
    ...(found && { address: found.href }),
  };
  return connectionOf(transport, settings, place, login, key);
}

/** The address from the list of regions, which is read once. */
const known = new WeakMap<WorkspacePlace, URL | undefined>();

/** The workspace's address in the API's list of regions; undefined if the list cannot be read. */
async function located(transport: Transport, place: WorkspacePlace, token: string): Promise<URL | undefined> {
  const { directory } = place;
  if (!directory || known.has(place)) return known.get(place);
  try {
    const { address, location, isPrivate } = directory;
    const incoming = await send(transport, addressed({ ...place, address }, token), 'datacenters.list', {}, {});
    const found = endpointIn(accept('datacenters.list', incoming), location, isPrivate, address);
    known.set(place, found);
    return found;
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}

/** Resumes an exported login, without a call. Throws `auth.refused` for one that has ended or cannot be read. */
export function reconnect(
  transport: Transport,
  settings: PowerVsSettings,
  place: WorkspacePlace,
  exported: string,
  credentials: Credentials | undefined,
): Connection {
  const login = loginFrom(exported);
  if (login.expiresAt <= Date.now()) throw new Fault('auth.refused');
  return connectionOf(transport, settings, place, login, credentials && keyOf(settings, credentials));
}

function loginFrom(text: string): Login {
  try {
    return JSON.parse(text) as Login;
  } catch (cause) {
    throw new Fault('auth.refused', {}, { cause });
  }
}

const addressed = ({ address, crn, workspace }: WorkspacePlace, token: string) => ({
  address,
  workspace,
  headers: { authorization: `Bearer ${token}`, crn },
});

function connectionOf(
  transport: Transport,
  settings: PowerVsSettings,
  place: WorkspacePlace,
  first: Login,
  key: string | undefined,
): Connection {
  const { address } = first;
  const workspacePlace = address === undefined ? place : { ...place, address: new URL(address) };
  const state: State = { login: first, renewal: undefined, ended: false, held: 0 };

  function renewed(apiKey: string, options: CallOptions): Promise<Login> {
    // Others wait for it, too
    const { requester: _, ...lasting } = options;
    state.renewal ??= tokenFor(transport, settings.iamUrl, apiKey, lasting)
      .then((token) => {
        state.login = { ...state.login, ...token };
        return state.login;
      })
      .finally(() => {
        state.renewal = undefined;
      });
    return state.renewal;
  }

  async function renew(options: CallOptions): Promise<Login> {
    if ((state.ended && state.held === 0) || key === undefined)
      throw new Fault('backend.login', { service: 'IBM Cloud IAM' });
    try {
      return await renewed(key, options);
    } catch (cause) {
      throw isFault(cause, 'auth.refused')
        ? new Fault('backend.login', { service: 'IBM Cloud IAM' }, { cause })
        : cause;
    }
  }

  const isOld = ({ issuedAt, expiresAt }: Login): boolean =>
    Date.now() > issuedAt + (expiresAt - issuedAt) * settings.renewAt;

  function within(options: CallOptions): Connection {
    async function incomingOf<Id extends CallId>(id: Id, args: CallArguments<Id>): Promise<RawAnswer> {
      const login =
        key !== undefined && isOld(state.login) && (!state.ended || state.held > 0)
          ? await renew(options)
          : state.login;
      const incoming = await send(transport, addressed(workspacePlace, login.token), id, args, options);
      if (incoming.status !== 401) return incoming;
      // A refused token did nothing, so that even a POST may be sent again; another call may have renewed it by now.
      const again = state.login === login ? await renew(options) : state.login;
      const last = await send(transport, addressed(workspacePlace, again.token), id, args, options);
      if (last.status !== 401) return last;
      throw new Fault('backend.token', { service: 'Power Virtual Server', issuer: 'IBM Cloud IAM' });
    }

    return {
      get login() {
        return state.login;
      },
      // A list that is not found means the workspace
      call: async (id, args) => {
        const about = args.about ?? [{ what: 'Workspace', id: place.workspace }];
        return accept(id, await incomingOf(id, args), about);
      },
      with: within,
      export: () => JSON.stringify(state.login),
      hold() {
        let released = false;
        state.held += 1;
        return () => {
          if (!released) state.held -= 1;
          released = true;
        };
      },
      // IAM has no call that revokes an access token: it is dropped here, and expires.
      logOut() {
        state.ended = true;
      },
    };
  }

  return within({});
}
