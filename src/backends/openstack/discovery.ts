import { isFault } from '../../model/index.js';
import type { Connection } from './connection.js';

/** What a cloud says of itself. */
export interface Cloud {
  /** The newest microversions of Nova and Cinder; absent where the catalog has no such service, or it tells none. */
  readonly compute?: string;
  readonly volume?: string;
  /** Whether Gnocchi measures. */
  readonly metric: boolean;
}

/** Two calls: the version documents at the addresses in the catalog. */
export async function discover(connection: Connection): Promise<Cloud> {
  const [compute, volume] = await Promise.all([newest(connection, 'compute', 'nova.version'), newest(connection, 'volume', 'cinder.version')]);
  return { ...(compute !== undefined && { compute }), ...(volume !== undefined && { volume }), metric: connection.has('metric') };
}

async function newest(connection: Connection, service: string, id: 'nova.version' | 'cinder.version'): Promise<string | undefined> {
  if (!connection.has(service)) return undefined;
  try {
    const { version, versions = [] } = await connection.call(id, {});
    return [version, ...versions].find((one) => one?.version)?.version ?? undefined;
  } catch (error) {
    // A proxy that hides the document: the cloud may be of any age
    if (isFault(error, 'backend.refused') || isFault(error, 'backend.forbidden')) return undefined;
    throw error;
  }
}
