import { parseXml, type XmlElement } from '../../src/codec/index.js';
import { firstOf } from '../../src/invariant.js';
import type { CloudKind, SimulatorOptions } from '../../src/simulator/index.js';
import { powerVsIds } from '../../src/simulator/powervs/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { startPowerVsGateway } from '../support/powervs-gateway.js';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The document; throws when there is none. */
  readonly xml: () => XmlElement;
}

/** A gateway in front of any simulated cloud. */
export interface Served {
  readonly url: string;
  readonly login: string;
  /** A request as SDKs of version 4 send it: `Version: 4`, below /ovirt-engine/api. */
  send(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface V4 extends Served {
  readonly testbed: Testbed;
}

const basic = (password: string): string => `Basic ${Buffer.from(`admin@internal:${password}`).toString('base64')}`;
export const LOGIN = basic('powervc');

const sender =
  (url: string, login: string): Served['send'] =>
  async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path.startsWith('/ovirt-engine') ? '' : '/ovirt-engine/api'}${path}`, {
      method,
      headers: { authorization: login, version: '4', 'content-type': 'application/xml', ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, xml: () => parseXml(text) };
  };

/** A gateway that speaks version 4, in front of a simulated OpenStack or PowerVC. */
export async function startV4(
  cloud: CloudKind = 'openstack',
  sets: readonly string[] = [],
  options: SimulatorOptions = {},
): Promise<V4> {
  const testbed = await startTestbed({ ...options, cloud, sets });
  const { url } = firstOf(testbed.gateways, 'a gateway');
  return { testbed, url, login: LOGIN, send: sender(url, LOGIN), close: () => testbed.close() };
}

/** The clouds that the gateway has backends for. */
export const CLOUDS = ['openstack', 'powervc', 'powervs'] as const;

/** A gateway that speaks version 4, in front of a simulated cloud of any kind. */
export async function serveV4(cloud: (typeof CLOUDS)[number], options: SimulatorOptions = {}): Promise<Served> {
  if (cloud !== 'powervs') return startV4(cloud, [], options);
  const { gateway, close } = await startPowerVsGateway();
  const login = basic(powerVsIds.apiKey);
  return {
    url: gateway.url,
    login,
    send: sender(gateway.url, login),
    close,
  };
}

/** The text of the first element at a path below this one: `cpu/topology/cores`. */
export function textAt(element: XmlElement, path: string): string | undefined {
  let at: XmlElement | undefined = element;
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name);
  return at?.text;
}

/** The id of the first document of that element. */
export const idOf = (text: string, element: string): string =>
  new RegExp(`<${element} [^>]*\\bid="([^"]+)"`).exec(text)?.[1] ?? '';
