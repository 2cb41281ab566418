import type { Seeds } from '../world/types.js';
import { defaultIds as ids, id } from './ids.js';

export const type = (
  own: string,
  name: string,
  storage: string,
  rsize: string,
  more: Record<string, string> = {},
): Seeds['volumeTypes'] => ({
  id: own,
  name,
  description: null,
  extra_specs: {
    'drivers:storage_pool': 'Pool0',
    'capabilities:volume_backend_name': storage,
    'drivers:rsize': rsize,
    'drivers:display_name': name,
    ...more,
  },
});

export const image = (
  own: string,
  name: string,
  os: string,
  distro: string,
  number: number,
  size: number,
): Seeds['images'] => ({
  id: own,
  name,
  min_disk: size,
  min_ram: 2048,
  checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  properties: {
    architecture: distro === 'aix' || distro === 'ibmi' ? 'ppc64' : 'ppc64le',
    hypervisor_type: 'phyp',
    os_distro: distro,
    operating_system: os,
    endianness: distro === 'aix' || distro === 'ibmi' ? 'big-endian' : 'little-endian',
  },
  volumes: [{ volume_id: id('1ad00000', number), size, boot_index: 0, volume_type: null }],
});

export const partition = (
  own: string,
  name: string,
  os: string,
  distro: string,
  host: string,
  rest: Partial<Seeds['servers']>,
): Seeds['servers'] => ({
  id: own,
  name,
  operating_system: os,
  os_distro: distro,
  host,
  storage_connectivity_group_id: ids.connectivityGroup,
  cpu_utilization: 0.034,
  ...rest,
});

export const boot = (own: string, name: string, size: number, server: string): Seeds['volumes'] => ({
  id: own,
  name,
  size,
  bootable: true,
  volume_type: 'FlashSystem base',
  storage_hostname: ids.flashSystem,
  metadata: { is_boot_volume: 'True', volume_wwn: wwn(own) },
  attachments: [{ server_id: server, device: '/dev/sda', boot_index: 0, delete_on_termination: true }],
});

export const data = (own: string, name: string, size: number, server: string): Seeds['volumes'] => ({
  id: own,
  name,
  size,
  volume_type: 'FlashSystem base',
  storage_hostname: ids.flashSystem,
  metadata: { volume_wwn: wwn(own) },
  attachments: [{ server_id: server, device: '/dev/sdb' }],
});

export const wwn = (volume: string): string => `60050768019081A4F00000000000${volume.slice(-4)}`;

export const port = (own: string, server: string, network: string, mac: string, address?: string): Seeds['ports'] => ({
  id: own,
  network_id: network,
  device_id: server,
  mac_address: mac,
  fixed_ips: address === undefined ? [] : [{ subnet_id: ids.subnet, ip_address: address }],
});
