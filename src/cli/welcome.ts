import type { Simulator } from '../simulator/index.js';
import type { PowerVsSimulator } from '../simulator/powervs/index.js';

const LOGIN = 'admin@internal:powervc';

/** The URL as a client on this machine calls it: an address that means "every address" cannot be connected to. */
const local = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');

/** What the examples are about: the first VM, and one that is off when there is one. */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly off: boolean;
}

export const examplesOf = (simulator: Simulator): Named[] =>
  (simulator.save().servers ?? []).map(({ id, name, vm_state: state }) => ({ id, name, off: state === 'stopped' }));
export const powerVsExamplesOf = (simulator: PowerVsSimulator): Named[] =>
  (simulator.save().instances ?? []).map(({ pvmInstanceID: id, serverName: name, status }) => ({
    id,
    name,
    off: status === 'SHUTOFF',
  }));

function commands(
  api: string,
  vms: readonly Named[],
  certificate: string | undefined,
): { readonly what: string; readonly command: string }[] {
  const [first] = vms;
  const to = vms.find(({ off }) => off) ?? first;
  // curl takes the server's own certificate for its authority's, too
  const curl = `curl -s ${certificate === undefined ? '' : `--cacert '${certificate}' `}-u ${LOGIN}`;
  const xml = "-H 'Content-Type: application/xml' -d";
  return [
    { what: 'list the VMs', command: `${curl} ${api}/vms` },
    ...(first
      ? [
          {
            what: `add a disk of 8 GiB to ${first.name}`,
            command: `${curl} ${xml} '<disk><provisioned_size>8589934592</provisioned_size></disk>' ${api}/vms/${first.id}/disks`,
          },
        ]
      : []),
    ...(to
      ? [
          {
            what: `${to.off ? 'start' : 'stop'} ${to.name}`,
            command: `${curl} ${xml} '<action/>' ${api}/vms/${to.id}/${to.off ? 'start' : 'stop'}`,
          },
        ]
      : []),
  ];
}

/** The notice of `serve` with a simulator: its address, the login, and commands to paste. `certificate`: its file. */
export function welcome(url: string, product: string, vms: readonly Named[], certificate?: string): string {
  const api = `${local(url)}/api`;
  return `SIMULATED: no real VMs. The gateway listens on ${url}/api, in front of a simulated ${product}.
Log in as admin@internal with the password powervc. To try it:

${commands(api, vms, certificate)
  .map(({ what, command }) => `# ${what}\n${command}\n`)
  .join('\n')}
`;
}

const exported = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');

/** Variables of OpenStack's clients and of a gateway in front of the simulator: lines for a shell. */
export function simulatorEnvironment({ url }: Simulator, backend: 'powervc' | 'openstack'): string {
  const authUrl = local(url);
  return exported({
    OS_AUTH_URL: authUrl,
    OS_IDENTITY_API_VERSION: '3',
    OS_USERNAME: 'admin',
    OS_PASSWORD: 'powervc',
    OS_PROJECT_NAME: 'ibm-default',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OVIRT_GATEWAY_BACKEND_KIND: backend,
    ...(backend === 'powervc' && { OVIRT_GATEWAY_POWERVC_AUTH_URL: authUrl }),
  });
}

/** The same of Power Virtual Server. */
export const powerVsEnvironment = ({ url, crn }: PowerVsSimulator): string =>
  exported({
    IBMCLOUD_API_KEY: 'powervc',
    OVIRT_GATEWAY_BACKEND_KIND: 'powervs',
    OVIRT_GATEWAY_POWERVS_CRN: crn,
    OVIRT_GATEWAY_POWERVS_URL: local(url),
    OVIRT_GATEWAY_POWERVS_IAM_URL: local(url),
  });

/** What `simulate` says. */
export const simulatorNotice = (
  simulator: Simulator,
): string => `The simulated PowerVC listens; Keystone is at ${simulator.url}.
Log in as admin with the password powervc, domain Default, project ibm-default. A gateway in front of it:

ovirt-powervc-gateway --powervc ${local(simulator.url)}

`;

/** The same as plain OpenStack. */
export const openStackSimulatorNotice = (
  simulator: Simulator,
): string => `The simulated OpenStack listens; Keystone is at ${simulator.url}.
Log in as admin with the password powervc, domain Default, project ibm-default. A gateway in front of it:

OS_AUTH_URL=${local(simulator.url)} OS_PROJECT_NAME=ibm-default ovirt-powervc-gateway --backend openstack

`;

/** The same of Power Virtual Server. */
export const powerVsSimulatorNotice = ({
  url,
  crn,
}: PowerVsSimulator): string => `The simulated Power Virtual Server listens on ${url}, IAM too.
Its API key is powervc. A gateway in front of it:

ovirt-powervc-gateway --backend powervs --set powervs.crn=${crn} --set powervs.url=${local(url)} --set powervs.iamUrl=${local(url)}

`;
