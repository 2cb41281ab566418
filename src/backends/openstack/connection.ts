import { Readable } from 'node:stream';
import { Fault, isFault, type CallOptions, type Credentials } from '../../model/index.js';
import { accept, nameOf, sendBy, typesOf, type CallArguments } from './calls.js';
import { isTaken } from './check.js';
import { logIn, logInAgain, loginFrom, logOut, textOf, type Login } from './keystone.js';
import type { OpenStackSettings } from './settings.js';
import { SharedReads } from './shared-reads.js';
import type { BytesToSend, Stream } from './messages.js';
import type { Outgoing, RawAnswer, Transport, WholeAnswer } from './messages.js';
import { declarationOf, openStack, type AnswerOf, type IdOf, type OpenStackTable, type Table } from './wire.js';

/**
 * One login that calls are made with. Its token is renewed when it nears its end or is refused, once for all who wait.
 */
export interface Connection<T extends Table = OpenStackTable> {
  readonly login: Login;
  /**
   * Sends a declared call. Throws the fault of a refusal; `backend.login` when the token is refused and can't be
   * renewed.
   */
  call<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<AnswerOf<T, Id>>;
  /** The same, with the headers of the answer: where it tells only there what was made. */
  answer<Id extends IdOf<T>>(
    id: Id,
    args: CallArguments<Id, T>,
  ): Promise<{ readonly body: AnswerOf<T, Id>; readonly headers: RawAnswer['headers'] }>;
  /** Sends a call whose body is bytes. Throws as `call` does. */
  send<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>, bytes: BytesToSend): Promise<void>;
  /** The bytes that a call gives, as they come. Throws as `call` does, and so does whoever reads them. */
  bytes<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<AsyncIterable<Uint8Array>>;
  /** The same login with another table of calls. */
  using<Other extends Table>(table: Other): Connection<Other>;
  /** Whether the catalog has the service. */
  has(service: string): boolean;
  /** The same login with other options. */
  with(options: CallOptions): Connection<T>;
  /** The same, for what others wait for, too: it goes on when this asker has gone. */
  readonly lasting: Connection<T>;
  /** For `reconnect`. */
  export(): string;
  /** What goes on in this login is told, so that a logout does not end it: until the function that it gives is called. */
  hold(): () => void;
  /** Whether Keystone still takes its token; it is renewed before when it nears its end. True when that can't be told. */
  check(): Promise<boolean>;
  /** Ends the client's token at once. Work that holds the login goes on with a token of its own, until it is done. */
  logOut(): Promise<void>;
}

/** How long a catalog without a service is believed: a cloud may have none of the kind. */
const CATALOG_MS = 30_000;

/** Options of a call that others wait for, too. */
const lasting = ({ asker: _, ...others }: CallOptions): CallOptions => others;

interface State {
  login: Login;
  readonly reads: SharedReads;
  renewal: Promise<Login> | undefined;
  ended: boolean;
  /** How much goes on in it after its answer. */
  held: number;
}

/** Logs in. Throws `auth.refused`. */
export async function connect(
  transport: Transport,
  settings: OpenStackSettings,
  credentials: Credentials,
  options: CallOptions = {},
): Promise<Connection> {
  return connectionOf(
    transport,
    settings,
    await logIn(transport, settings, credentials, options),
    credentials,
    options,
  );
}

/** Goes on with an exported login, without a call. Throws `auth.refused` for one that has ended or cannot be read. */
export const reconnect = (
  transport: Transport,
  settings: OpenStackSettings,
  exported: string,
  credentials: Credentials | undefined,
): Connection => connectionOf(transport, settings, loginFrom(exported), credentials, {});

function connectionOf(
  transport: Transport,
  settings: OpenStackSettings,
  first: Login,
  credentials: Credentials | undefined,
  options: CallOptions,
): Connection {
  let lookedAt = -Infinity;
  const state: State = { login: first, reads: new SharedReads(), renewal: undefined, ended: false, held: 0 };

  function renewed(credentials: Credentials, options: CallOptions): Promise<Login> {
    state.renewal ??= logIn(transport, settings, credentials, lasting(options))
      .then((login) => {
        state.login = login;
        return login;
      })
      .finally(() => {
        state.renewal = undefined;
      });
    return state.renewal;
  }

  async function renew(options: CallOptions): Promise<Login> {
    if (isOver() || !credentials) throw new Fault('backend.login', { service: 'Keystone' });
    try {
      return await renewed(credentials, options);
    } catch (cause) {
      throw isFault(cause, 'auth.refused') ? new Fault('backend.login', { service: 'Keystone' }, { cause }) : cause;
    }
  }

  /** A login that has ended lives on for the work that holds it. */
  const isOver = (): boolean => state.ended && state.held === 0;

  /** A token for work that outlives its client's. */
  async function ownLogin(clients: Login, options: CallOptions): Promise<Login | undefined> {
    try {
      return await logInAgain(transport, settings, clients, options);
    } catch (error) {
      if (!isFault(error)) throw error;
      return credentials ? renewed(credentials, options).catch(() => undefined) : undefined;
    }
  }

  async function retire(login: Login, options: CallOptions): Promise<void> {
    await logOut(transport, settings, login, options);
  }

  function nearsItsEnd({ issuedAt, expiresAt }: Login): boolean {
    return expiresAt - Date.now() < Math.min(settings.renewBeforeSeconds * 1000, (expiresAt - issuedAt) / 6);
  }

  /** A cloud that is starting tells its services one by one: one that the catalog lacks may be there by now. */
  function lacks(service: string): boolean {
    const now = Date.now();
    if (addressOf(service) || now - lookedAt < CATALOG_MS) return false;
    lookedAt = now;
    return true;
  }

  function addressOf(service: string): URL | undefined {
    const type = typesOf(service).find((one) => state.login.addresses.has(one));
    return type === undefined ? undefined : state.login.addresses.get(type);
  }

  function within<T extends Table>(table: T, options: CallOptions): Connection<T> {
    async function once<Id extends IdOf<T>, R extends WholeAnswer | Stream>(
      act: (request: Outgoing) => Promise<R>,
      id: Id,
      args: CallArguments<Id, T>,
      { token }: Login,
    ): Promise<R> {
      const { service } = declarationOf(table, id);
      const address = addressOf(service);
      if (!address)
        throw new Fault('backend.answer', {
          service: 'Keystone',
          text: `its catalog has no ${settings.interface} address of ${nameOf(service)}`,
        });
      return sendBy(act, address, table, id, { ...args, headers: { ...args.headers, 'x-auth-token': token } }, options);
    }

    async function incomingOf<Id extends IdOf<T>, R extends WholeAnswer | Stream>(
      act: (request: Outgoing) => Promise<R>,
      id: Id,
      args: CallArguments<Id, T>,
    ): Promise<R> {
      const stale = nearsItsEnd(state.login) || lacks(declarationOf(table, id).service);
      const login = credentials && stale && !isOver() ? await renew(options) : state.login;
      const incoming = await once(act, id, args, login);
      if ('bytes' in incoming || incoming.status !== 401) return incoming;
      // A refused token did nothing, so that even a POST may be sent again; another call may have renewed it by now.
      const again = state.login === login ? await renew(options) : state.login;
      return once(act, id, args, again);
    }

    async function sendBytes<Id extends IdOf<T>>(
      id: Id,
      args: CallArguments<Id, T>,
      bytes: BytesToSend,
    ): Promise<void> {
      const incoming = await SharedReads.changing(() =>
        incomingOf((request) => transport.sendBytes(request, bytes), id, args),
      );
      accept(table, id, incoming, args.about);
    }

    async function bytes<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<AsyncIterable<Uint8Array>> {
      const incoming = await incomingOf((request) => transport.fetch(request), id, args);
      if ('bytes' in incoming) return incoming.bytes;
      accept(table, id, incoming, args.about);
      // a success that is neither 200 nor 206: there are no bytes
      return Readable.from([]);
    }

    async function answer<Id extends IdOf<T>>(
      id: Id,
      args: CallArguments<Id, T>,
    ): Promise<{ readonly body: AnswerOf<T, Id>; readonly headers: RawAnswer['headers'] }> {
      const act = (): Promise<WholeAnswer> => incomingOf((request) => transport.send(request), id, args);
      const isRead = ['GET', 'HEAD'].includes(declarationOf(table, id).method);
      const incoming = await (isRead
        ? state.reads.read(JSON.stringify([id, args]), options.asker, act)
        : SharedReads.changing(act));
      return { body: accept(table, id, incoming, args.about), headers: incoming.headers };
    }

    const call = async <Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<AnswerOf<T, Id>> =>
      (await answer(id, args)).body;

    function hold(): () => void {
      let released = false;
      state.held += 1;
      return () => {
        if (released) return;
        released = true;
        state.held -= 1;
        // It ends by itself, too: nobody else knows it
        if (isOver()) retire(state.login, options).catch(() => undefined);
      };
    }

    async function check(): Promise<boolean> {
      const before = state.login;
      try {
        if (credentials && nearsItsEnd(before) && !isOver()) await renew({});
      } catch (error) {
        if (!isFault(error)) throw error;
        return !isFault(error, 'backend.login');
      }
      // One that was renewed meanwhile is good
      return (await isTaken(transport, settings, state.login)) || state.login !== before;
    }

    async function end(): Promise<void> {
      if (state.ended) return;
      const clients = state.login;
      state.ended = true;
      if (state.held > 0) {
        const own = await ownLogin(clients, options);
        // Keystone gives none: the client's lives as long as the work, and is ended with it
        if (!own) return;
        state.login = own;
      }
      await retire(clients, options);
      if (state.login !== clients && isOver()) await retire(state.login, options);
    }

    return {
      get login() {
        return state.login;
      },
      call,
      answer,
      send: sendBytes,
      bytes,
      has: (service) => addressOf(service) !== undefined,
      using: (other) => within(other, options),
      with: (others) => within(table, others),
      get lasting() {
        return within(table, lasting(options));
      },
      export: () => textOf(state.login),
      hold,
      check,
      logOut: end,
    };
  }

  return within(openStack, options);
}
