import { expect, it } from 'vitest';
import { loadSettings } from '../settings/index.js';
import { defaultFolder } from './transfers.js';

const folderAt = (...sets: string[]): string => defaultFolder(loadSettings({ sets }).settings, false);

it('keeps the transfers of two clouds apart, and those of one cloud together', () => {
  const one = folderAt('backend.kind=openstack', 'openstack.authUrl=https://one.example.com/v3');
  expect(folderAt('backend.kind=openstack', 'openstack.authUrl=https://one.example.com/v3', 'server.port=9')).toBe(one);
  expect(folderAt('backend.kind=openstack', 'openstack.authUrl=https://two.example.com/v3')).not.toBe(one);
});
