import { setTimeout as pause } from 'node:timers/promises';
import { CodecError, parseXml, type XmlElement } from '../../codec/index.js';
import type { Version } from '../../ovirt/index.js';
import { EndpointError, type Endpoint, type EndpointAnswer, type EndpointRequest } from '../endpoint/index.js';
import { Differs, expectThat, NotOffered, NotRun } from './outcomes.js';

/** An answer, as checks use it. */
export interface Answer extends EndpointAnswer {
  header(name: string): string | undefined;
  /** @throws Differs if it is not XML. */
  xml(): XmlElement;
  /** @throws Differs if it is not JSON. */
  json(): unknown;
}

export interface BenchOptions {
  readonly user?: string;
  readonly password?: string;
  /** The prefix of the names of everything that is created. */
  readonly prefix: string;
  /** Names of the template and the cluster for new VMs; chosen if absent. */
  readonly template?: string;
  readonly cluster?: string;
  /** How long work such as a deployment may take, milliseconds. */
  readonly patienceMs: number;
  /** Time between two polls, milliseconds. */
  readonly pollMs: number;
  /** Aborted when the run is to end: a check does not wait any longer, and what was created is removed. */
  readonly stopped?: AbortSignal;
}

/** What checks use: the endpoint, and what earlier checks have found or created. */
export interface Bench {
  readonly endpoint: Endpoint;
  readonly version: Version;
  readonly options: BenchOptions;
  /** Unique to this run; everything that is created is named after it. */
  readonly name: string;
  /** Ids and names of what was found or created, by kind: `vm`, `disk`. */
  readonly known: Map<string, string>;
  ask(method: string, path: string, request?: EndpointRequest): Promise<Answer>;
  /** The answer, which must have one of these statuses. @throws NotOffered, NotRun, Differs */
  good(statuses: readonly number[], method: string, path: string, request?: EndpointRequest): Promise<Answer>;
  /** A value that an earlier check left in `known`. @throws NotRun if there is none */
  need(what: string): string;
  /** Waits between two polls. @throws NotRun if the run is to end */
  rest(): Promise<void>;
  /** Polls until the condition holds. @throws Differs if it does not within `patienceMs` */
  until(path: string, expected: string, is: (root: XmlElement) => boolean): Promise<XmlElement>;
}

const REFUSED = /is not supported by |not implemented|NOT_SUPPORTED/i;

export const childOf = (element: XmlElement | undefined, path: string): XmlElement | undefined =>
  path
    .split('/')
    .reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), element);
export const textOf = (element: XmlElement | undefined, path: string): string | undefined =>
  childOf(element, path)?.text.trim();
/** A state in the form of either version. */
export const stateOf = (root: XmlElement, name = 'status'): string | undefined =>
  textOf(root, `${name}/state`) ?? textOf(root, name);

const shown = ({ status, body }: EndpointAnswer): string => `${status} ${body.slice(0, 400)}`;

function answerOf(answer: EndpointAnswer): Answer {
  return {
    ...answer,
    header(name) {
      const value = answer.headers[name];
      return typeof value === 'string' ? value : value?.join(', ');
    },
    xml() {
      try {
        return parseXml(answer.body, { maxLength: 512 * 1024 * 1024, maxDepth: 64 });
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        throw new Differs('a document in XML', shown(answer));
      }
    },
    json() {
      try {
        return JSON.parse(answer.body) as unknown;
      } catch {
        throw new Differs('a document in JSON', shown(answer));
      }
    },
  };
}

/** The detail of a fault. */
export const detailOf = ({ body }: EndpointAnswer): string =>
  /<detail>([^<]*)/.exec(body)?.[1] ?? /"detail"\s*:\s*"([^"]*)/.exec(body)?.[1] ?? '';

/** Whether the endpoint says that it does not support this. */
export const isRefused = (answer: EndpointAnswer): boolean =>
  answer.status === 501 || (answer.status >= 400 && REFUSED.test(detailOf(answer)));

/** @throws NotOffered if the endpoint does not support this; `isMissing`: whether its status alone says so. */
export function refuseMissing(answer: EndpointAnswer, isMissing = [404, 405].includes(answer.status)): void {
  if (isRefused(answer)) throw new NotOffered(detailOf(answer) || `${answer.status}`);
  if (isMissing) throw new NotOffered(`${answer.status}`);
}

/** @throws NotRun if the user may not do this: the endpoint may be right */
export function refuseForbidden(answer: EndpointAnswer): void {
  if (answer.status === 403) throw new NotRun(`the user may not: ${detailOf(answer) || answer.status}`);
}

export function createBench(endpoint: Endpoint, options: BenchOptions, name: string): Bench {
  const known = new Map<string, string>();
  const rest: Bench['rest'] = async () => {
    try {
      await pause(options.pollMs, undefined, { signal: options.stopped });
    } catch (error) {
      if (options.stopped?.aborted !== true) throw error;
      throw new NotRun('the run was stopped');
    }
  };
  const ask: Bench['ask'] = async (method, path, request) => answerOf(await endpoint.ask(method, path, request));
  return {
    endpoint,
    version: endpoint.version,
    options,
    name,
    known,
    ask,
    rest,
    async good(statuses, method, path, request) {
      const answer = await ask(method, path, request);
      if (!statuses.includes(answer.status)) {
        refuseMissing(answer);
        refuseForbidden(answer);
      }
      expectThat(statuses.includes(answer.status), `${method} ${path}: ${statuses.join(' or ')}`, shown(answer));
      return answer;
    },
    need(what) {
      const found = known.get(what);
      if (found === undefined) throw new NotRun(`there is no ${what}`);
      return found;
    },
    async until(path, expected, is) {
      const deadline = Date.now() + options.patienceMs;
      for (;;) {
        const answer = await ask('GET', path).catch((error: unknown) => {
          if (error instanceof EndpointError) return undefined;
          throw error;
        });
        if (answer?.status === 200 && is(answer.xml())) return answer.xml();
        if (Date.now() > deadline)
          throw new Differs(
            `GET ${path}: ${expected} within ${options.patienceMs} ms`,
            answer ? shown(answer) : 'no answer',
          );
        await rest();
      }
    },
  };
}
