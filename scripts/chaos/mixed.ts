import { LOGIN, type Traffic } from './traffic.js';

/** One thing that a client does. */
export type Step = (traffic: Traffic, turn: number) => Promise<unknown>;

const API = '/ovirt-engine/api';

interface Ids {
  readonly vms: readonly string[];
}

/** What there is to be asked for. */
export async function idsFrom(traffic: Traffic): Promise<Ids> {
  const answer = await traffic.send({ path: `${API}/vms` });
  const { vm = [] } = JSON.parse(answer?.text ?? '{}') as { readonly vm?: readonly { readonly id: string }[] };
  if (vm.length === 0) throw new Error('the cloud has no VMs');
  return { vms: vm.map(({ id }) => id) };
}

/** Reads in both versions, searches, and renames, as dashboards and scripts do. */
export function readsAndChanges({ vms }: Ids): Step[] {
  const vm = (turn: number): string => vms[turn % vms.length] ?? '';
  return [
    (traffic) => traffic.send({ path: `${API}/vms` }),
    (traffic, turn) => traffic.send({ path: `${API}/vms/${vm(turn)}` }),
    (traffic, turn) => traffic.send({ path: `${API}/v3/vms/${vm(turn)}`, headers: { accept: 'application/xml' } }),
    (traffic, turn) => traffic.send({ path: `${API}/vms/${vm(turn)}/diskattachments` }),
    (traffic, turn) => traffic.send({ path: `${API}/vms/${vm(turn)}/nics` }),
    (traffic) => traffic.send({ path: `${API}/vms?search=status%3Dup+sortby+name` }),
    (traffic) => traffic.send({ path: API }),
    (traffic) => traffic.send({ path: `${API}/storagedomains` }),
    (traffic) => traffic.send({ path: `${API}/hosts` }),
    (traffic, turn) =>
      traffic.send({ method: 'PUT', path: `${API}/vms/${vm(turn)}`, body: `<vm><comment>turn ${turn}</comment></vm>` }),
  ];
}

/** Logins and logouts, and requests that fail. */
export const comingsAndGoings: readonly Step[] = [
  async (traffic) => {
    const persistent = { prefer: 'persistent-auth' };
    const first = await traffic.send({ path: `${API}/v3/capabilities`, headers: persistent });
    const cookie = [first?.headers['set-cookie'] ?? []].flat()[0]?.split(';', 1)[0];
    if (cookie === undefined) return;
    await traffic.send({ path: `${API}/v3/vms`, headers: { ...persistent, cookie } });
    // without `persistent-auth` it ends
    await traffic.send({ path: `${API}/v3/capabilities`, headers: { cookie } });
  },
  async (traffic) => {
    const fields = new URLSearchParams({ grant_type: 'password', username: 'admin@internal', password: 'powervc' });
    const form = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    const sso = '/ovirt-engine/sso/oauth';
    const login = await traffic.send({ path: `${sso}/token?${fields.toString()}`, headers: form });
    const { access_token: token } = JSON.parse(login?.text ?? '{}') as { readonly access_token?: string };
    if (token === undefined) return;
    await traffic.send({ path: `${API}/vms`, headers: { authorization: `Bearer ${token}` } });
    await traffic.send({ path: `${sso}/revoke?${new URLSearchParams({ token }).toString()}`, headers: form });
  },
  (traffic, turn) =>
    traffic.send({
      path: `${API}/vms`,
      headers: { authorization: `Basic ${Buffer.from(`nobody${turn}@internal:wrong`).toString('base64')}` },
      right: [401, 429],
    }),
  (traffic, turn) =>
    traffic.send({
      path: `${API}/vms/00000000-0000-4000-8000-${String(turn).padStart(12, '0')}`,
      headers: { authorization: LOGIN },
      right: [404],
    }),
  (traffic) => traffic.send({ path: `${API}/vms?search=nonsense+%3D`, right: [400] }),
];
