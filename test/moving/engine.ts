import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An engine of a few documents, version 4, as one that follows no links answers. */
export interface Engine {
  readonly url: string;
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A path's document. `cut`: the connection ends after this part of it. */
type Page = string | { readonly cut: string };
export type Pages = Readonly<Record<string, Page | ((request: IncomingMessage) => Page)>>;

const ROOT = `<api><product_info><name>oVirt Engine</name><version><major>4</major><minor>4</minor><build>10</build></version></product_info></api>`;

const vm = (id: string, name: string, more: string): string => `<vm href="/ovirt-engine/api/vms/${id}" id="${id}">
  <link href="/ovirt-engine/api/vms/${id}/diskattachments" rel="diskattachments"/>
  <link href="/ovirt-engine/api/vms/${id}/nics" rel="nics"/>
  <name>${name}</name><status>up</status><memory>4294967296</memory>
  <cpu><architecture>ppc64</architecture><topology><sockets>2</sockets><cores>2</cores><threads>1</threads></topology></cpu>
  <cluster href="/ovirt-engine/api/clusters/c1" id="c1"/>${more}</vm>`;

const [one, two] = ['11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002'];
const disk = '22222222-0000-4000-8000-000000000001';

const web = vm(one, 'web01', '<usb><enabled>true</enabled></usb><description>Web &amp; more</description>');
const old = vm(two, 'old02', '').replace('ppc64', 'x86_64');

/** Two VMs: one with a disk of one domain and a NIC; one that a partition cannot be. */
export const twoVms: Readonly<Record<string, string>> = {
  '/clusters': '<clusters><cluster id="c1"><name>Production</name></cluster></clusters>',
  '/networks': '<networks><network id="n1"><name>ovirtmgmt</name></network></networks>',
  '/vnicprofiles':
    '<vnic_profiles><vnic_profile id="p1"><name>ovirtmgmt</name><network id="n1"/></vnic_profile></vnic_profiles>',
  '/storagedomains':
    '<storage_domains><storage_domain id="s1"><name>fast</name><type>data</type></storage_domain></storage_domains>',
  '/vms': `<vms>${web}${old}</vms>`,
  [`/vms/${one}`]: web,
  [`/vms/${two}`]: old,
  [`/vms/${one}/nics`]: `<nics><nic id="33333333-0000-4000-8000-000000000001"><name>nic1</name><mac><address>56:6F:00:00:00:01</address></mac><vnic_profile id="p1"/></nic></nics>`,
  [`/vms/${two}/nics`]: '<nics/>',
  [`/vms/${one}/diskattachments`]: `<disk_attachments><disk_attachment id="${disk}"><bootable>true</bootable><active>true</active><interface>virtio_scsi</interface><disk href="/ovirt-engine/api/disks/${disk}" id="${disk}"/></disk_attachment></disk_attachments>`,
  [`/vms/${two}/diskattachments`]: '<disk_attachments/>',
  [`/disks/${disk}`]: `<disk id="${disk}"><alias>web01_root</alias><provisioned_size>10737418240</provisioned_size><actual_size>2147483648</actual_size><format>cow</format><storage_domains><storage_domain id="s1"/></storage_domains></disk>`,
};

export async function startEngine(pages: Pages): Promise<Engine> {
  const requested: string[] = [];
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    requested.push(request.url ?? '');
    const below = path.replace(/^\/ovirt-engine\/api/, '');
    const held = below === '' ? ROOT : pages[below];
    const page = typeof held === 'function' ? held(request) : held;
    if (typeof page === 'object') {
      response.writeHead(200, { 'content-type': 'application/xml', 'content-length': page.cut.length + 100 });
      response.write(page.cut, () => response.destroy());
      return;
    }
    const body = page ?? '<fault><detail>No such thing</detail></fault>';
    const type = body.startsWith('{') ? 'application/json' : 'application/xml';
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': type });
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ovirt-engine/api`,
    asked: requested,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
