import { Fault, ZERO_ID, type Disk, type Ref, type Template, type Vm } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { storageDomain, templateDisks } from '../inventory/inventory.js';
import { isAble } from '../fitting.js';
import { warnOf } from '../notes/bad-notes.js';
import { readNote } from '../notes/notes.js';
import { assertUnlocked, removeImage } from '../templates/images.js';
import { add, asVm } from './index.js';

/**
 * Exported VMs: images that name their VM, shown on the export domain under that VM's id, as in engines. Where images
 * cannot have such a property, an export is just an image.
 */
interface Export {
  readonly image: Template;
  readonly vm: Vm;
}

/** Whether images can name their VM. */
export const canTell = (scope: Scope): boolean => isAble(scope, 'template.exports');

/** The property of an image that names the VM. */
export const toldOf = (seen: Vm): string => {
  const { id, memoryBytes, sockets, cores, threads, osType } = asVm(seen);
  return JSON.stringify({ vm: id, memoryBytes, sockets, cores, threads, osType });
};

/** The newest first: while an export replaces another there are two of a VM. */
async function exports(scope: Scope): Promise<Export[]> {
  const found = (await scope.session.inventory.templates()).flatMap((image): Export[] => {
    const note = readNote('Exported', image.exported || undefined, warnOf(scope, `image ${image.id}`, 'exported'));
    if (!note) return [];
    const { vm: id, ...size } = note;
    return [
      {
        image,
        vm: {
          ...size,
          id,
          name: image.name,
          description: image.description,
          createdAt: image.createdAt,
          status: image.status === 'ok' ? 'down' : image.status === 'locked' ? 'image_locked' : 'unknown',
          template: { id: ZERO_ID },
          ...(image.cluster && { cluster: image.cluster }),
        },
      },
    ];
  });
  return found.sort((a, b) => (b.image.createdAt ?? '').localeCompare(a.image.createdAt ?? ''));
}

/** Ids of the images that are exports of the VM, the newest first. */
export const imagesOf = async (scope: Scope, vmId: string): Promise<string[]> =>
  (await exports(scope)).filter(({ vm }) => vm.id === vmId).map(({ image }) => image.id);

/** Those on the storage domain: all on the export domain, each VM once; none elsewhere. */
export async function list(scope: Scope, domainId: string): Promise<Vm[]> {
  const { type } = await storageDomain(scope, domainId);
  if (type !== 'export') return [];
  const all = await exports(scope);
  return all.filter(({ vm }, index) => all.findIndex((one) => one.vm.id === vm.id) === index).map(({ vm }) => vm);
}

async function find(scope: Scope, domainId: string, vmId: string): Promise<Export> {
  const { type } = await storageDomain(scope, domainId);
  const found = type === 'export' ? (await exports(scope)).find(({ vm }) => vm.id === vmId) : undefined;
  if (!found) throw new Fault('not-found', { what: 'VM', id: vmId });
  return found;
}

export const get = async (scope: Scope, domainId: string, vmId: string): Promise<Vm> =>
  (await find(scope, domainId, vmId)).vm;

export const disks = async (scope: Scope, domainId: string, vmId: string): Promise<Disk[]> =>
  templateDisks(scope, (await find(scope, domainId, vmId)).image.id);

/** Removes its image, and those that an interrupted replacement has left. */
export async function remove(scope: Scope, domainId: string, vmId: string): Promise<void> {
  const { image, vm: exported } = await find(scope, domainId, vmId);
  scope.concerns?.({ what: exported.name });
  assertUnlocked(image);
  const all = (await exports(scope)).filter(({ vm }) => vm.id === vmId);
  for (const { image } of all) await removeImage(scope, image);
}

/** A new VM from the export, with the VM's former size. Throws `duplicate-name`, `not-found.reference`. */
export async function importVm(
  scope: Scope,
  domainId: string,
  vmId: string,
  to: { readonly cluster: Ref; readonly name?: string },
): Promise<Started<Vm>> {
  const { image, vm } = await find(scope, domainId, vmId);
  const { memoryBytes, sockets, cores, threads, osType } = vm;
  const name = to.name ?? vm.name;
  scope.concerns?.({ what: name });
  return add(scope, {
    name,
    cluster: to.cluster,
    template: { id: image.id },
    memoryBytes,
    sockets,
    cores,
    threads,
    osType,
    ...(image.description !== undefined && { description: image.description }),
  });
}
