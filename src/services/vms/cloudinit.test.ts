import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Scope } from '../context.js';
import { asksSetup, reportScript, userDataFor } from './cloudinit.js';
import { hashed } from './guestpassword.js';

const configOf = (vm: Parameters<typeof userDataFor>[0]): Record<string, never> => {
  const text = userDataFor(vm)!;
  expect(text.startsWith('#cloud-config\n')).toBe(true);
  return parse(text) as Record<string, never>;
};

describe('a password of the guest', () => {
  it.each([
    // As openssl passwd -6 prints them
    [
      'Hello world!',
      'saltstring',
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    [
      'pässwort',
      '0123456789abcdef',
      '$6$0123456789abcdef$8x5OG5MjNyGPLGtp12BgE46WOnRFXYXwHxz9VzvFv1JK/1eT/zh2hpebEAolBP4qwVyRC/SXkyBO7Sh29Z5gy1',
    ],
  ])('is hashed as crypt does: %s', (password, salt, hash) => {
    expect(hashed(password, salt)).toBe(hash);
  });

  it('gets a salt of its own', () => {
    expect(hashed('x')).not.toBe(hashed('x'));
    expect(hashed('x')).toMatch(/^\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
  });
});

describe('initialization of a VM', () => {
  it('is nothing when its elements are empty', () => {
    expect(asksSetup({ hostName: '', guest: { keys: [''], timezone: '' } })).toBe(false);
    expect(userDataFor({ guest: {} })).toBeUndefined();
  });

  it('passes a script on unchanged if there is nothing else', () => {
    expect(userDataFor({ userData: '#!/bin/sh\ntrue\n' })).toBe('#!/bin/sh\ntrue\n');
  });

  it('becomes a cloud-config', () => {
    const config = configOf({
      hostName: 'web1',
      guest: {
        domain: 'example.com',
        userName: 'admin',
        password: 'secret',
        keys: ['ssh-rsa A a@b\nssh-rsa B'],
        timezone: 'Europe/Vienna',
        newSshKeys: true,
      },
    });
    expect(config).toMatchObject({
      hostname: 'web1',
      fqdn: 'web1.example.com',
      user: 'admin',
      chpasswd: { expire: false },
      ssh_pwauth: true,
      ssh_authorized_keys: ['ssh-rsa A a@b', 'ssh-rsa B'],
      timezone: 'Europe/Vienna',
      ssh_deletekeys: true,
    });
    expect(JSON.stringify(config)).not.toContain('secret');
  });

  it("is merged with the client's script, whose values take precedence", () => {
    const config = configOf({
      hostName: 'web1',
      guest: { keys: ['ssh-rsa A'] },
      userData: '#cloud-config\nhostname: other\nssh_authorized_keys: [ssh-rsa B]\n',
    });
    expect(config).toMatchObject({ hostname: 'other', ssh_authorized_keys: ['ssh-rsa A', 'ssh-rsa B'] });
    expect(userDataFor({ hostName: 'web1', userData: '#!/bin/sh\ntrue\n' })).toMatch(/^Content-Type: multipart\/mixed/);
  });

  it.each(['just text', '- a list', '#cloud-config\na: [', 'a: 1\na: 2'])(
    'takes any script, as engines do: %j',
    (script) => {
      const text = userDataFor({ hostName: 'web1', userData: script })!;
      expect(text).toMatch(/^Content-Type: multipart\/mixed/);
      expect(text).toContain(`\n\n${script}\n--part`);
      expect(text).toContain('#cloud-config\nhostname: web1\n');
      expect(userDataFor({ userData: script })).toBe(script);
    },
  );

  it('reports a script that cloud-init skips', () => {
    const reported = (userData: string): unknown[] => {
      const paths: unknown[] = [];
      reportScript({ report: (path: unknown) => paths.push(path) } as unknown as Scope, { userData });
      return paths;
    };
    for (const script of ['just text', '- a list', '#cloud-config\na: [']) expect(reported(script)).toHaveLength(1);
    for (const script of ['', '#!/bin/sh\n', '#cloud-config\n', 'runcmd: [ls]', 'MIME-Version: 1.0\n\nx'])
      expect(reported(script)).toEqual([]);
  });

  it('sets up interfaces by netplan or NetworkManager', () => {
    const { write_files, runcmd, resolv_conf } = configOf({
      guest: {
        dnsServers: ['10.0.0.53 10.0.0.54'],
        dnsSearch: ['example.com'],
        nics: [
          { name: 'eth0', protocol: 'static', address: '10.0.0.5', netmask: '255.255.240.0', gateway: '10.0.0.1' },
          { name: 'eth1', protocol: 'dhcp' },
        ],
      },
    }) as unknown as { write_files: { content: string }[]; runcmd: string[][]; resolv_conf: object };
    const { ethernets } = (parse(write_files[0]!.content) as { network: { ethernets: Record<string, object> } })
      .network;
    expect(ethernets['eth0']).toMatchObject({ addresses: ['10.0.0.5/20'], routes: [{ via: '10.0.0.1' }] });
    expect(ethernets['eth1']).toMatchObject({ dhcp4: true });
    expect(runcmd[0]![2]).toContain('ipv4.addresses 10.0.0.5/20 ipv4.gateway 10.0.0.1 ipv4.dns 10.0.0.53,10.0.0.54');
    expect(resolv_conf).toEqual({ nameservers: ['10.0.0.53', '10.0.0.54'], searchdomains: ['example.com'] });
  });

  it('sets up IPv6 in the same way, with or without IPv4', () => {
    const ipv6 = {
      ipv6Protocol: 'static',
      ipv6Address: '2001:db8::5',
      ipv6Netmask: '64',
      ipv6Gateway: 'fe80::1',
    } as const;
    const { write_files, runcmd } = configOf({
      guest: {
        dnsServers: ['2001:db8::53'],
        nics: [
          { name: 'eth0', protocol: 'dhcp', ...ipv6 },
          { name: 'eth1', ...ipv6 },
          { name: 'eth2', protocol: 'none', ipv6Protocol: 'poly_dhcp_autoconf' },
          { name: 'eth3', ipv6Protocol: 'dhcp' },
          { name: 'eth4', ipv6Protocol: 'autoconf' },
          { name: 'eth5', protocol: 'none', ipv6Protocol: 'none' },
        ],
      },
    }) as unknown as { write_files: { content: string }[]; runcmd: string[][] };
    const { ethernets } = (parse(write_files[0]!.content) as { network: { ethernets: Record<string, object> } })
      .network;
    const nameservers = { addresses: ['2001:db8::53'], search: [] };
    const fixed = { addresses: ['2001:db8::5/64'], routes: [{ to: '::/0', via: 'fe80::1' }], nameservers };
    expect(ethernets).toEqual({
      eth0: { dhcp4: true, dhcp6: false, ...fixed },
      eth1: { dhcp4: false, dhcp6: false, ...fixed },
      eth2: { dhcp4: false, dhcp6: true, 'accept-ra': true, nameservers },
      eth3: { dhcp4: false, dhcp6: true, nameservers },
      eth4: { dhcp4: false, dhcp6: false, 'accept-ra': true, nameservers },
    });
    const commands = runcmd[0]![2]!;
    expect(commands).toContain(
      'ifname eth1 ipv4.method disabled ipv6.method manual ipv6.addresses 2001:db8::5/64 ipv6.gateway fe80::1 ' +
        'ipv6.dns 2001:db8::53 connection.autoconnect yes',
    );
    expect(commands).toContain('ifname eth0 ipv4.method auto ipv6.method manual');
    expect(commands).toContain('ifname eth2 ipv4.method disabled ipv6.method auto');
    expect(commands).toContain('ifname eth3 ipv4.method disabled ipv6.method dhcp');
    expect(commands).not.toContain('ipv4.dns');
    expect(commands).not.toContain('eth5');
  });

  it.each([
    [{ name: 'eth0; reboot', ipv6Protocol: 'dhcp' }, 'is not the name'],
    [{ name: 'eth0', ipv6Protocol: 'static', ipv6Address: 'fe80::1%eth0', ipv6Netmask: '64' }, 'not an IPv6 address'],
    [{ name: 'eth0', ipv6Protocol: 'static', ipv6Address: '10.0.0.5', ipv6Netmask: '64' }, 'not an IPv6 address'],
    [{ name: 'eth0', ipv6Protocol: 'static', ipv6Address: '2001:db8::5' }, 'not the length of a prefix'],
    [{ name: 'eth0', ipv6Protocol: 'static', ipv6Address: '2001:db8::5', ipv6Netmask: '129' }, 'not the length'],
    [{ name: 'eth0; reboot', protocol: 'dhcp' }, 'is not the name'],
    [{ name: 'eth0', protocol: 'static', address: '10.0.0.5', netmask: '255.0.255.0' }, 'is not a netmask'],
    [{ name: 'eth0', protocol: 'static', address: '10.0.0' }, 'not an IPv4 address'],
  ] as const)('refuses an interface that cannot be: %j', (nic, text) => {
    expect(() => userDataFor({ guest: { nics: [nic] } })).toThrow(text);
  });
});
