import { Fault, type Console, type VmPort } from '../../../model/index.js';
import type { Connection } from '../connection.js';
import { aboutVm } from './servers.js';

/** Nova's remote consoles (2.6 and later): a URL for a browser, with a token that Nova accepts once. */
const MICROVERSION = '2.6';
const types = { vnc: 'novnc', spice: 'spice-html5' } as const;

export function createConsoles(connection: Connection): Pick<VmPort, 'console'> {
  async function open(id: string, protocol: Console['protocol']): Promise<Console> {
    const { remote_console: opened } = await connection.call('nova.servers.remote-consoles.create', {
      params: { server: id },
      headers: { 'openstack-api-version': `compute ${MICROVERSION}` },
      about: aboutVm(id),
      body: { remote_console: { protocol, type: types[protocol] } },
    });
    if (!URL.canParse(opened.url))
      throw new Fault('backend.answer', { service: 'Nova', text: 'the address of a console is not a URL' });
    const token = tokenOf(new URL(opened.url));
    return { protocol, url: opened.url, ...(token !== undefined && { token }) };
  }
  return { console: open };
}

/** Recent noVNC has the token inside a parameter: `?path=%3Ftoken%3D…`. */
function tokenOf({ searchParams }: URL): string | undefined {
  const path = searchParams.get('path');
  return searchParams.get('token') ?? new URLSearchParams(path?.slice(path.indexOf('?') + 1)).get('token') ?? undefined;
}
