import { ownTurn } from '../../turns.js';
import { Fault, type ByteSource, type CallOptions, type Credentials } from '../../model/index.js';
import { accept, nameOf, sendBy, type CallArguments } from './calls.js';
import { isAccepted, markAccepted, type Reading } from '../http/calls.js';
import { logIn, loginFrom, textOf, type Login } from './keystone/keystone.js';
import { lasting, OneLogin } from './keystone/one-login.js';
import type { OpenStackSettings } from './settings.js';
import { SharedReads } from './shared-reads.js';
import type { BytesToSend, Outgoing, RawAnswer, Stream, Transport, WholeAnswer } from '../http/messages.js';
import { SlicedAnswer } from '../http/sliced-answer.js';
import {
  declarationOf,
  isRead,
  type AnswerOf,
  type Declaration,
  type IdOf,
  type ListOf,
  type Table,
} from '../http/wire.js';
import { openStack, type OpenStackTable } from './wire.js';

/** An answer whose list is read a slice at a time. */
export interface Slices<Body, List extends keyof Body> {
  /** The last characters of the answer, unparsed; none of a short answer. */
  readonly end: string;
  /**
   * The items, with a turn for other requests between two slices. Returns the body without them. Throws
   * `backend.answer` for a broken item when its turn comes.
   */
  readonly items: AsyncGenerator<Body[List], Body, undefined>;
}

/**
 * One login that calls are made with. Its token is renewed when it nears its end or is refused, once for all who wait.
 */
export interface Connection<T extends Table = OpenStackTable> {
  readonly login: Login;
  /**
   * Sends a declared call. Throws the fault of a refusal; `backend.login` when the token is refused and can't be
   * renewed, `backend.token` when the renewed one is refused, too.
   */
  call<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<AnswerOf<T, Id>>;
  /**
   * The same for an answer that clients poll. Its object `item` lasts if the cloud answers the same bytes again and
   * again, and so what is made of it can be kept.
   */
  polled<Id extends IdOf<T>>(
    id: Id,
    item: keyof AnswerOf<T, Id> & string,
    args: CallArguments<Id, T>,
  ): Promise<AnswerOf<T, Id>>;
  /** The same, with the headers of the answer, for calls that return an id only there. */
  answer<Id extends IdOf<T>>(
    id: Id,
    args: CallArguments<Id, T>,
  ): Promise<{ readonly body: AnswerOf<T, Id>; readonly headers: RawAnswer['headers'] }>;
  /** Sends a call whose answer has a list, which is read a slice at a time. Throws as `call` does. */
  sliced<Id extends IdOf<T>, List extends ListOf<T, Id>>(
    id: Id,
    list: List,
    args: CallArguments<Id, T>,
  ): Promise<Slices<AnswerOf<T, Id>, List>>;
  /**
   * The same where the items are only counted: the body has the last one alone. A page of 1000 ids and links takes
   * a sixth of the CPU that parsing it does.
   */
  counted<Id extends IdOf<T>, List extends ListOf<T, Id>>(
    id: Id,
    list: List,
    args: CallArguments<Id, T>,
  ): Promise<{ readonly count: number; readonly body: AnswerOf<T, Id> }>;
  /** Sends a call whose body is bytes. Throws as `call` does. */
  send<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>, bytes: BytesToSend): Promise<void>;
  /** The bytes of an answer as a stream. Throws as `call` does, and so does reading them. */
  bytes<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<ByteSource>;
  /** The same login with another table of calls. */
  using<Other extends Table>(table: Other): Connection<Other>;
  /** Whether the catalog has the service. */
  has(service: string): boolean;
  /** The same login with other options. */
  with(options: CallOptions): Connection<T>;
  /** The same without the requester, for calls that other requests share: they continue when this client has left. */
  readonly lasting: Connection<T>;
  /** For `reconnect`. */
  export(): string;
  /** Keeps the login alive after a logout, until the returned function is called. */
  hold(): () => void;
  /**
   * Whether Keystone still accepts its token, which is renewed first if it is about to expire. True if that is unknown.
   */
  check(): Promise<boolean>;
  /** Ends the client's token at once. Work that holds the login continues with a token of its own until it is done. */
  logOut(): Promise<void>;
}

/** Logs in. Throws `auth.refused`. */
export async function connect(
  transport: Transport,
  settings: OpenStackSettings,
  credentials: Credentials,
  options: CallOptions = {},
): Promise<Connection> {
  const login = await logIn(transport, settings, credentials, options);
  return new LoginConnection(transport, new OneLogin(transport, settings, login, credentials), openStack, options);
}

/** Resumes an exported login, without a call. Throws `auth.refused` for one that has ended or cannot be read. */
export const reconnect = (
  transport: Transport,
  settings: OpenStackSettings,
  exported: string,
  credentials: Credentials | undefined,
): Connection =>
  new LoginConnection(transport, new OneLogin(transport, settings, loginFrom(exported), credentials), openStack, {});

/**
 * The calls of one request, or of its background work. A class, because each request has its own: an object with
 * getters and closures took 3 % of a request for one VM.
 */
class LoginConnection<T extends Table> implements Connection<T> {
  constructor(
    private readonly transport: Transport,
    private readonly own: OneLogin,
    private readonly table: T,
    private readonly options: CallOptions,
  ) {}

  get login(): Login {
    return this.own.login;
  }

  get lasting(): Connection<T> {
    return this.with(lasting(this.options));
  }

  with(options: CallOptions): Connection<T> {
    return new LoginConnection(this.transport, this.own, this.table, options);
  }

  using<Other extends Table>(table: Other): Connection<Other> {
    return new LoginConnection(this.transport, this.own, table, this.options);
  }

  has(service: string): boolean {
    return this.own.addressOf(service) !== undefined;
  }

  async call<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<AnswerOf<T, Id>> {
    const incoming = await this.incoming(id, args);
    return accept(this.table, id, incoming, args.about);
  }

  async polled<Id extends IdOf<T>>(
    id: Id,
    item: keyof AnswerOf<T, Id> & string,
    args: CallArguments<Id, T>,
  ): Promise<AnswerOf<T, Id>> {
    const incoming = await this.incoming(id, args, { item });
    return accept(this.table, id, incoming, args.about);
  }

  async answer<Id extends IdOf<T>>(
    id: Id,
    args: CallArguments<Id, T>,
  ): Promise<{ readonly body: AnswerOf<T, Id>; readonly headers: RawAnswer['headers'] }> {
    const incoming = await this.incoming(id, args);
    return { body: accept(this.table, id, incoming, args.about), headers: incoming.headers };
  }

  async sliced<Id extends IdOf<T>, List extends ListOf<T, Id>>(
    id: Id,
    list: List,
    args: CallArguments<Id, T>,
  ): Promise<Slices<AnswerOf<T, Id>, List>> {
    const incoming = await this.incoming(id, args, { list });
    const { status, headers } = incoming;
    const accepted = (body: unknown): AnswerOf<T, Id> => accept(this.table, id, { status, headers, body }, args.about);
    return incoming instanceof SlicedAnswer
      ? { end: incoming.end, items: inTurns(incoming, list, accepted, declarationOf(this.table, id)) }
      : { end: '', items: atOnce(accepted(incoming.body), list) };
  }

  async counted<Id extends IdOf<T>, List extends ListOf<T, Id>>(
    id: Id,
    list: List,
    args: CallArguments<Id, T>,
  ): Promise<{ readonly count: number; readonly body: AnswerOf<T, Id> }> {
    const incoming = await this.incoming(id, args, { list });
    if (incoming instanceof SlicedAnswer) {
      const { status, headers, counted } = incoming;
      const body = accept(this.table, id, { status, headers, body: counted.object }, args.about);
      return { count: counted.count, body };
    }
    const body = accept(this.table, id, incoming, args.about);
    return { count: (body[list] as readonly unknown[]).length, body };
  }

  async send<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>, bytes: BytesToSend): Promise<void> {
    const incoming = await SharedReads.changing(() =>
      this.sent((request) => this.transport.sendBytes(request, bytes), id, args),
    );
    accept(this.table, id, incoming, args.about);
  }

  async bytes<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>): Promise<ByteSource> {
    const incoming = await this.sent((request) => this.transport.fetch(request), id, args);
    if ('bytes' in incoming) return incoming.bytes;
    accept(this.table, id, incoming, args.about);
    // a success that is neither 200 nor 206
    return { passTo: () => Promise.resolve() };
  }

  export(): string {
    return textOf(this.own.login);
  }

  hold(): () => void {
    return this.own.hold(this.options);
  }

  check(): Promise<boolean> {
    return this.own.check();
  }

  logOut(): Promise<void> {
    return this.own.end(this.options);
  }

  private incoming<Id extends IdOf<T>>(id: Id, args: CallArguments<Id, T>, reading?: Reading): Promise<WholeAnswer> {
    const act = (): Promise<WholeAnswer> => this.sent((request) => this.transport.send(request), id, args, reading);
    return isRead(declarationOf(this.table, id))
      ? this.own.reads.read(JSON.stringify([id, args]), this.options.requester, act)
      : SharedReads.changing(act);
  }

  private async sent<Id extends IdOf<T>, R extends WholeAnswer | Stream>(
    act: (request: Outgoing) => Promise<R>,
    id: Id,
    args: CallArguments<Id, T>,
    reading?: Reading,
  ): Promise<R> {
    const { own, options } = this;
    const { service } = declarationOf(this.table, id);
    const login = own.isStale(service) ? await own.renew(options) : own.login;
    const incoming = await this.once(act, id, args, login, reading);
    if ('bytes' in incoming || incoming.status !== 401) return incoming;
    // A refused token did nothing, so that even a POST may be sent again; another call may have renewed it by now.
    const again = own.login === login ? await own.renew(options) : own.login;
    const last = await this.once(act, id, args, again, reading);
    if ('bytes' in last || last.status !== 401) return last;
    throw new Fault('backend.token', { service: nameOf(service), issuer: 'Keystone' });
  }

  private once<Id extends IdOf<T>, R extends WholeAnswer | Stream>(
    act: (request: Outgoing) => Promise<R>,
    id: Id,
    args: CallArguments<Id, T>,
    { token }: Login,
    reading: Reading | undefined,
  ): Promise<R> {
    const { service } = declarationOf(this.table, id);
    const address = this.own.addressOf(service);
    const { region } = this.own.settings;
    if (!address)
      throw new Fault('backend.answer', {
        service: 'Keystone',
        text:
          `its catalog has no ${this.own.settings.interface} address of ${nameOf(service)}` +
          (region === undefined ? '' : ` in the region ${region}`),
      });
    const headers = { ...args.headers, 'x-auth-token': token };
    return sendBy(act, address, this.table, id, { ...args, headers }, this.options, reading);
  }
}

/** Slices of a list. Items that last are checked once. */
async function* inTurns<Body, List extends keyof Body>(
  answer: SlicedAnswer,
  list: List,
  accepted: (body: unknown) => Body,
  declaration: Declaration,
): AsyncGenerator<Body[List], Body, undefined> {
  const slices = answer.slices();
  let step = slices.next();
  while (!step.done) {
    const unknown = step.value.filter((item) => !isAccepted(item, declaration));
    accepted({ [list]: unknown });
    for (const item of unknown) markAccepted(item, declaration);
    yield step.value as Body[List];
    step = slices.next();
    if (!step.done) await ownTurn();
  }
  return accepted(step.value);
}

async function* atOnce<Body, List extends keyof Body>(
  body: Body,
  list: List,
): AsyncGenerator<Body[List], Body, undefined> {
  yield body[list];
  return body;
}
