import { afterAll, beforeAll } from 'vitest';
import { defaultIds as ids } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * Fault texts are API: clients compare them. Each row is a request that is refused, and the engine's own words.
 * Sources: docs/reference/ovirt.md, section 9; for the texts that it does not name, the engine's resource bundle
 * AppErrors.properties, by key. Statuses are those of 3.x: a duplicate name is 400, a state that forbids is 409.
 */
let testbed: Testbed;

export const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

export async function send(
  method: string,
  path: string,
  body?: string,
  type = 'application/xml',
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${testbed.gateways[0]!.url}/api${path}`, {
    method,
    headers: { authorization: LOGIN, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}

const plain = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

export const element = (text: string, name: string): string | undefined => {
  const found = new RegExp(`<${name}>([^]*?)</${name}>`).exec(text)?.[1];
  return found === undefined ? undefined : plain(found);
};

export const { sles, rhel } = ids.servers;

export const [up, down] = [`/vms/${ids.servers.aix}`, `/vms/${sles}`];

export const FAILED = 'Operation Failed';

export const INCOMPLETE = 'Incomplete parameters';

export const vm = (inner: string): string => `<vm>${inner}</vm>`;

export const CLUSTER = '<cluster><name>Default Group</name></cluster>';

export const TEMPLATE = `<template id="${ids.images.rhel}"/>`;

export const NOBODY = '00000000-0000-4000-8000-0000000000ff';

/** Starts the gateway whose refusals the tests of a file read. */
export function useTestbed(): void {
  beforeAll(async () => {
    testbed = await startTestbed();
  });
  afterAll(() => testbed.close());
}
