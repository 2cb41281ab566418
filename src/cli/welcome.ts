import type { Simulator } from '../simulator/index.js';

const LOGIN = '-u admin@internal:powervc';

/** The URL as a client on this machine calls it: an address that means "every one" is none to connect to. */
const local = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');

interface Example { readonly what: string; readonly command: string }

function examples(api: string, simulator: Simulator): Example[] {
  const servers = simulator.save().servers ?? [];
  const [first] = servers;
  const off = servers.find((server) => server.vm_state === 'stopped');
  const to = off ?? first;
  const xml = "-H 'Content-Type: application/xml' -d";
  return [
    { what: 'list the VMs', command: `curl -s ${LOGIN} ${api}/vms` },
    ...first ? [{ what: `add a disk of 8 GiB to ${first.name}`, command: `curl -s ${LOGIN} ${xml} '<disk><provisioned_size>8589934592</provisioned_size></disk>' ${api}/vms/${first.id}/disks` }] : [],
    ...to ? [{ what: `${off ? 'start' : 'stop'} ${to.name}`, command: `curl -s ${LOGIN} ${xml} '<action/>' ${api}/vms/${to.id}/${off ? 'start' : 'stop'}` }] : [],
  ];
}

/** What `serve` says when the simulator stands behind it: where, the login, and commands that work when pasted. */
export function welcome(url: string, simulator: Simulator): string {
  const api = `${local(url)}/api`;
  return `The gateway listens on ${url}/api, in front of a simulated PowerVC.
Log in as admin@internal with the password powervc. To try it:

${examples(api, simulator).map(({ what, command }) => `# ${what}\n${command}\n`).join('\n')}
`;
}

/** What `simulate` says. */
export const simulatorNotice = (simulator: Simulator): string => `The simulated PowerVC listens; Keystone is at ${simulator.url}.
Log in as admin with the password powervc, domain Default, project ibm-default. A gateway in front of it:

ovirt-powervc-gateway --powervc ${local(simulator.url)}

`;
