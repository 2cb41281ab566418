import { setTimeout as pause } from 'node:timers/promises';
import { Fault, isFault, type DiskPort, type UnmanagedLun } from '../../model/index.js';
import type { Volume } from '../../generated/openstack/cinder.js';
import type { Lun, OnboardAnswer, Provider } from '../../generated/powervc/cinder.js';
import type { Connection } from '../openstack/connection.js';
import { looseBoolean, looseNumber } from '../openstack/loose.js';
import { all, hasNext, pages } from '../openstack/paging.js';
import type { Providers } from './providers.js';
import type { PowerVcSettings } from './settings.js';
import { ibm } from './wire.js';
import { GIB } from '../../units.js';

/**
 * How often to poll for a LUN that was just brought under management, with doubling pauses: 6 s with a first pause of
 * 200 ms.
 */
const LOOKS = 6;

/**
 * LUNs of the storage providers that PowerVC does not manage (docs/reference/power.md, 1.5; no document shows the
 * answers' form).
 */
export function createLuns(
  connection: Connection,
  settings: PowerVcSettings,
  providers: Providers,
): Pick<DiskPort, 'unmanagedLuns' | 'manage'> {
  async function of(host: string): Promise<UnmanagedLun[]> {
    const { volumes } = await ibm(connection).call('cinder.luns.list', {
      params: { host },
      about: [{ what: 'Storage provider', id: host }],
    });
    return volumes.filter((lun) => !looseBoolean(lun.managed)).flatMap((lun) => lunOf(lun, host) ?? []);
  }

  async function unmanagedLuns(): Promise<UnmanagedLun[]> {
    const hosts = (await providers.list()).flatMap((provider) => hostOf(provider) ?? []);
    const found: UnmanagedLun[] = [];
    for (const host of hosts) found.push(...(await of(host)));
    return found;
  }

  const volumes = (): Promise<Volume[]> =>
    all(
      pages(async (marker) => {
        const answer = await connection.call('cinder.volumes.list', { query: { limit: settings.pageSize, marker } });
        return { items: answer.volumes, more: hasNext(answer.volumes_links) };
      }),
    );

  /** The answer may name the volume; else it is found by what a LUN and a volume share. */
  async function idOf(answer: OnboardAnswer, lun: UnmanagedLun): Promise<string> {
    const named = namedIn(answer);
    if (named !== undefined) return named;
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await pause(settings.retries.pauseMs * 2 ** (look - 1));
      const volume = (await volumes()).find(isOf(lun));
      if (volume) return volume.id;
    }
    throw new Fault('backend.answer', {
      service: 'Cinder',
      text: `LUN ${lun.id} was accepted for management, but no volume of it is listed`,
    });
  }

  /** Succeeds for one that is managed by now, because an earlier attempt lost its answer. */
  async function onboard(lun: UnmanagedLun): Promise<string> {
    try {
      const answer = await ibm(connection).call('cinder.luns.onboard', {
        params: { host: lun.storageHost },
        about: [
          { what: 'Storage provider', id: lun.storageHost },
          { what: 'LUN', id: lun.id },
        ],
        body: { volumes: [lun.id] },
      });
      return await idOf(answer, lun);
    } catch (error) {
      const volume = isFault(error) && error.retry !== 'later' ? (await volumes()).find(isOf(lun)) : undefined;
      if (!volume) throw error;
      return volume.id;
    }
  }

  async function manage(lun: UnmanagedLun, name: string): Promise<string> {
    const id = await onboard(lun);
    if (name !== lun.name)
      await connection.call('cinder.volumes.update', {
        params: { volume: id },
        about: [{ what: 'Disk', id }],
        body: { volume: { name } },
      });
    return id;
  }

  return { unmanagedLuns, manage };
}

const hostOf = ({ storage_hostname: host, service }: Provider): string | undefined =>
  host ?? service?.host ?? undefined;

function lunOf(lun: Lun, storageHost: string): UnmanagedLun | undefined {
  const id = lun.id ?? lun.uuid;
  const size = looseNumber(lun.size);
  if (!id || size === undefined) return undefined;
  const wwn = lun.wwn ?? lun.volume_wwn ?? lun.metadata?.['volume_wwn'];
  return {
    id,
    storageHost,
    sizeBytes: Math.round(size * GIB),
    ...(lun.name && { name: lun.name }),
    ...(wwn && { wwn }),
    ...(lun.serial && { serial: lun.serial }),
  };
}

function namedIn(answer: OnboardAnswer): string | undefined {
  const first: unknown = answer !== null && !Array.isArray(answer) ? answer.volumes?.[0] : undefined;
  if (typeof first !== 'object' || first === null) return undefined;
  const { id, uuid } = first as { id?: string | null; uuid?: string | null };
  return id ?? uuid ?? undefined;
}

const isOf =
  ({ id, wwn }: UnmanagedLun) =>
  (volume: Volume): boolean =>
    volume.id === id || (wwn !== undefined && volume.metadata?.['volume_wwn']?.toLowerCase() === wwn.toLowerCase());
