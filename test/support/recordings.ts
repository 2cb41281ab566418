import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Recorded from Nova, Cinder, Neutron, Glance and Keystone of Zed: docs/reference/openstack.md. */
const folder = fileURLToPath(new URL('../../fixtures/openstack/recorded/', import.meta.url));

/** One request to a real OpenStack service, and what it answered. */
export interface Recording {
  readonly number: string;
  readonly name: string;
  readonly service: 'keystone' | 'nova' | 'cinder' | 'neutron' | 'glance' | 'placement';
  readonly method: string;
  readonly path: string;
  readonly request_headers: Readonly<Record<string, string>>;
  /** JSON, or `<8 bytes>` for a body that is none. */
  readonly request: unknown;
  readonly status: number;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The states that went by until this answer: the recording is the last look of a wait. */
  readonly states_seen?: readonly string[];
}

/** All recordings, in the order in which they were made. */
export function readRecordings(): Recording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...(JSON.parse(readFileSync(folder + file, 'utf8')) as Omit<Recording, 'number' | 'name'>),
      number: file.slice(0, 3),
      name: file.slice(4, -'.json'.length),
    }));
}
