import { describe, expect, test } from 'vitest';
import { parseXml } from '../src/codec/index.js';
import * as mapping from '../src/generated/ovirt/v3/mapping.js';
import * as v3 from '../src/generated/ovirt/v3/representations.js';
import type { Mapped } from '../src/mapping/mapped.js';
import { validateV3 } from './support/xsd.js';
import { ID, OTHER, ref, cases, written } from './putback-cases.js';

describe('a document that comes back as it was fetched', () => {
  test.each(Object.entries(cases))('%s', async (_, check) => check());
});

describe('a document that is only written', () => {
  test.each(Object.entries(written))('%s is valid', async (_, write) => {
    expect(await validateV3(write())).toEqual([]);
  });

  test('references bear their address', () => {
    expect(written['session']!()).toContain(`<user href="/api/users/${ID}" id="${ID}">`);
    expect(written['session']!()).toContain('<user_name>admin</user_name>');
    expect(written['statistic']!()).toContain('<datum>0.5</datum>');
    expect(written['statistic']!()).toContain('<unit>BYTES</unit>');
  });
});

describe('what a client asks for beyond PowerVM', () => {
  const lost = (of: { lost: Mapped<unknown>['lost'] }): string[] =>
    of.lost.map(({ path, refused }) => `${path}${refused ? ' refused' : ''}`);
  const context = { base: '/api' };

  test('a disk of example 15.12 is accepted: its interface is stored, its format reported', () => {
    const { value } = v3.Disk.fromXml(
      parseXml(`<disk><storage_domains><storage_domain id="${ID}"/></storage_domains><provisioned_size>8589934592</provisioned_size>
      <type>system</type><interface>virtio</interface><format>cow</format><bootable>true</bootable></disk>`),
    );
    const mapped = mapping.diskIn(value, context);
    expect(mapped.value).toEqual({
      storageDomain: { id: ID },
      sizeBytes: 8589934592,
      type: 'system',
      interface: 'virtio',
      bootable: true,
    });
    expect(lost(mapped).sort()).toEqual(['disk.format']);
  });

  test('a LUN of example 15.13 is read', () => {
    const { value } = v3.Disk.fromXml(
      parseXml(`<disk><interface>virtio</interface><lun_storage><type>iscsi</type><logical_unit id="lun1"><address>iscsi.example.com</address>
      <port>3260</port><target>iqn.2010.05.com.example:iscsi.targetX</target></logical_unit></lun_storage></disk>`),
    );
    expect(mapping.diskIn(value, context).value).toEqual({
      interface: 'virtio',
      lunType: 'iscsi',
      logicalUnits: [
        { id: 'lun1', address: 'iscsi.example.com', port: 3260, target: 'iqn.2010.05.com.example:iscsi.targetX' },
      ],
    });
  });

  test('a VM of example 15.18 clones its disks', () => {
    const { value } = v3.VM.fromXml(
      parseXml(
        `<vm><name>cloned_vm</name><template id="${ID}"/><cluster id="${OTHER}"/><disks><clone>true</clone><disk id="${ID}"><format>COW</format></disk></disks></vm>`,
      ),
    );
    const mapped = mapping.vmIn(value, context);
    expect(mapped.value).toEqual({
      name: 'cloned_vm',
      cloned: true,
      template: { id: ID },
      cluster: ref,
      disks: [{ id: ID }],
    });
    expect(lost(mapped)).toEqual(['vm.disks.disk.format']);
  });

  test('port mirroring and payloads are refused, an unwanted one is not', () => {
    const nicIn = (xml: string): string[] => lost(mapping.nicIn(v3.NIC.fromXml(parseXml(xml)).value, context));
    const vmIn = (xml: string): string[] => lost(mapping.vmIn(v3.VM.fromXml(parseXml(xml)).value, context));
    expect(nicIn(`<nic><port_mirroring><networks><network id="${ID}"/></networks></port_mirroring></nic>`)).toEqual([
      'nic.port_mirroring.networks.network refused',
    ]);
    expect(nicIn('<nic><port_mirroring><networks/></port_mirroring></nic>')).toEqual([]);
    expect(vmIn('<vm><payloads><payload type="floppy"><files/></payload></payloads></vm>')).toEqual([
      'vm.payloads refused',
    ]);
    expect(vmIn('<vm><disks><clone>true</clone></disks></vm>')).toEqual([]);
    expect(vmIn('<vm><disks><clone>false</clone></disks></vm>')).toEqual(['vm.disks.clone']);
    expect(vmIn('<vm><usb><enabled>true</enabled></usb><stateless>true</stateless></vm>').sort()).toEqual([
      'vm.stateless',
      'vm.usb.enabled',
    ]);
    expect(vmIn('<vm><type>desktop</type><os><boot dev="hd"/><boot dev="network"/></os></vm>').sort()).toEqual([
      'vm.os.boot.1.dev',
      'vm.type',
    ]);
    expect(vmIn('<vm><type>Server</type><usb><enabled>false</enabled></usb><stateless>false</stateless></vm>')).toEqual(
      [],
    );
  });

  test('the newer of two elements for one property takes precedence', () => {
    expect(mapping.diskIn({ name: 'old', alias: 'new', size: 1, provisioned_size: 2 }, context).value).toEqual({
      alias: 'new',
      sizeBytes: 2,
    });
    expect(mapping.nicIn({ active: true, plugged: false }, context).value).toEqual({ plugged: false });
    const { value } = mapping.vmIn(
      { placement_policy: { host: { id: ID }, hosts: { host: [{ id: OTHER }] } } },
      context,
    );
    expect(value.placementHosts).toEqual([ref]);
  });
});
