import { expect } from 'vitest';
import { parseXml, type XmlElement } from '../../../src/codec/index.js';
import { patience } from './patience.js';
import type { Place } from './place.js';

/** An answer as an SDK takes it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  /** Throws when there is none. */
  readonly xml: () => XmlElement;
}

/** What an SDK of version 4 does with each kind of call, and which answers it takes as success. */
export interface Sdk {
  /** As it is, whatever it says. */
  send(method: string, path: string, body?: string): Promise<Answer>;
  /** 200 alone. */
  get(path: string): Promise<XmlElement>;
  /** 200, 201 or 202, and the whole object. */
  add(path: string, body: string): Promise<XmlElement>;
  /** 200 alone. */
  update(path: string, body: string): Promise<XmlElement>;
  /** 200 alone; no body is read. */
  remove(path: string): Promise<void>;
  /** 200, 201 or 202, and an `action` without a fault. */
  act(path: string, body?: string): Promise<XmlElement>;
  /** The text of a fault, of whatever call. */
  refused(method: string, path: string, body?: string): Promise<readonly [status: number, detail: string]>;
  /** Polls as SDKs' scripts do, until what is read at `at` is `wanted`. */
  until(path: string, at: string, requested: string): Promise<XmlElement>;
  close(): Promise<void>;
}

/** The elements at a path below this one: `disk_attachments/disk_attachment`. */
export const all = (element: XmlElement, path: string): XmlElement[] =>
  path
    .split('/')
    .reduce<XmlElement[]>(
      (found, name) => found.flatMap((at) => at.children.filter((child) => child.name === name)),
      [element],
    );

/** The text of the first of them. */
export const text = (element: XmlElement, path: string): string | undefined => all(element, path)[0]?.text;

export const id = (element: XmlElement): string => element.attributes.get('id') ?? '';

/** The ids of the elements at a path. */
export const ids = (element: XmlElement, path: string): string[] => all(element, path).map(id);

const form = (fields: Record<string, string>): URLSearchParams => new URLSearchParams(fields);

/**
 * Logs in as the SDKs for Python, Ruby and Go do: by the password grant, then `Bearer` and `Version: 4` with each
 * request, XML both ways, the type of content given with each request (observed of ovirt-engine-sdk-python 4.6.3).
 */
export async function connect(
  { url, user, password }: Pick<Place, 'url' | 'user' | 'password'>,
  agent = 'PythonSDK/4.6.3',
): Promise<Sdk> {
  const login = await fetch(`${url}/ovirt-engine/sso/oauth/token`, {
    method: 'POST',
    headers: { accept: 'application/json', 'user-agent': agent },
    body: form({ grant_type: 'password', scope: 'ovirt-app-api', username: user, password }),
  });
  expect([login.status, login.headers.get('content-type')]).toEqual([200, 'application/json']);
  const { access_token: token } = (await login.json()) as { access_token: string };

  async function send(method: string, path: string, body?: string): Promise<Answer> {
    const answer = await fetch(`${url}/ovirt-engine/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        version: '4',
        accept: 'application/xml',
        'content-type': 'application/xml',
        'user-agent': agent,
      },
      ...(body !== undefined && { body }),
    });
    const read = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, text: read, type, xml: () => parseXml(read) };
  }

  async function succeed(statuses: readonly number[], method: string, path: string, body?: string): Promise<Answer> {
    const answer = await send(method, path, body);
    if (!statuses.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    if (!/^\s*(application|text)\/xml/.test(answer.type)) throw new Error(`${method} ${path} is ${answer.type}`);
    return answer;
  }

  const get = async (path: string): Promise<XmlElement> => (await succeed([200], 'GET', path)).xml();

  return {
    send,
    get,
    add: async (path, body) => (await succeed([200, 201, 202], 'POST', path, body)).xml(),
    update: async (path, body) => (await succeed([200], 'PUT', path, body)).xml(),
    async remove(path) {
      const { status, text: said } = await send('DELETE', path);
      if (status !== 200) throw new Error(`DELETE ${path}: ${status} ${said}`);
    },
    async act(path, body = '<action/>') {
      const action = (await succeed([200, 201, 202], 'POST', path, body)).xml();
      if (action.name !== 'action' || all(action, 'fault').length > 0) throw new Error(`${path}: ${action.name}`);
      return action;
    },
    async refused(method, path, body) {
      const answer = await send(method, path, body);
      if (answer.text === '') return [answer.status, ''];
      const said = answer.xml();
      const fault = said.name === 'action' ? all(said, 'fault')[0] : said;
      expect(fault?.name).toBe('fault');
      return [answer.status, fault ? (text(fault, 'detail') ?? '') : ''];
    },
    until: (path, at, requested) =>
      patience(
        () => get(path),
        (seen) => text(seen, at) === requested,
      ),
    async close() {
      const answer = await fetch(`${url}/ovirt-engine/services/sso-logout`, {
        method: 'POST',
        headers: { accept: 'application/json', 'user-agent': agent },
        body: form({ scope: 'ovirt-app-api', token }),
      });
      expect([answer.status, await answer.json()]).toEqual([200, {}]);
      expect((await send('GET', '')).status).toBe(401);
    },
  };
}
