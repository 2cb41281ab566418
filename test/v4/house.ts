import { parseXml, type XmlElement } from '../../src/codec/index.js';
import { startHouse, type House } from '../support/house.js';
import type { CloudKind } from '../../src/simulator/index.js';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The document; throws when there is none. */
  readonly xml: () => XmlElement;
}

export interface V4 {
  readonly house: House;
  readonly url: string;
  /** A request as SDKs of version 4 send it: `Version: 4`, below /ovirt-engine/api. */
  send(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

/** A gateway that speaks version 4, in front of a simulated cloud. */
export async function startV4(cloud: CloudKind = 'openstack', sets: readonly string[] = []): Promise<V4> {
  const house = await startHouse({ cloud, sets });
  const { url } = house.gateways[0]!;
  return {
    house,
    url,
    async send(method, path, body, headers = {}) {
      const response = await fetch(`${url}${path.startsWith('/ovirt-engine') ? '' : '/ovirt-engine/api'}${path}`, {
        method,
        headers: { authorization: LOGIN, version: '4', 'content-type': 'application/xml', ...headers },
        ...(body !== undefined && { body }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, xml: () => parseXml(text) };
    },
    close: () => house.close(),
  };
}

/** The text of the first element at a path below this one: `cpu/topology/cores`. */
export function textAt(element: XmlElement, path: string): string | undefined {
  let at: XmlElement | undefined = element;
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name);
  return at?.text;
}
