import {
  Fault,
  needed,
  propertyOf,
  ZERO_ID,
  type Ref,
  type Template,
  type Vm,
  type TemplateInput,
} from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { capture } from './captures.js';
import { fit, isAble, ofTemplate, requireAble } from '../fitting.js';
import { template, templates } from '../inventory/inventory.js';
import { missingReference, resolve, resolveCluster, resolveTemplate } from '../references.js';
import { may } from '../rules.js';
import { settledVm } from '../vms/settled.js';
import { asVm, workOf } from '../vms/shown.js';
import { assertUnlocked, removeImage, templateOf } from './images.js';
import { BASE_NAME, factsOf, sizeOf, textOf, versionsOf, type TemplateFacts } from './facts.js';
import { unlessGone, until, watched } from '../work/wait.js';

/**
 * A template is an image: made by capturing a VM, which PowerVC does with all its volumes (docs/reference/power.md,
 * 4.2).
 */

const fixed = (verb: string): Fault =>
  new Fault('conflict', { text: `Cannot ${verb} Template. Blank template cannot be edited.` });

/** Throws `duplicate-name`, as engines do; Glance itself would take it. Versions may have the name of their base. */
function checkName(all: readonly Template[], name: string, verb: string, baseId?: string): void {
  const isOther = ({ id, baseTemplate }: Template): boolean =>
    baseId === undefined || (id !== baseId && baseTemplate?.id !== baseId);
  if (all.some((one) => one.name === name && isOther(one)))
    throw new Fault('duplicate-name', { verb, what: 'Template' });
}

/**
 * Captures the VM, by id or by name; with a base, as a version of it. Throws `not-found.reference`, `conflict` for a VM
 * that runs: engines make templates of VMs that are down.
 */
export async function add(scope: Scope, input: TemplateInput): Promise<Started<Template>> {
  const vm = await source(scope, input.vm ?? {});
  scope.concerns?.({ vm: { id: vm.id, name: vm.name } });
  const name = needed(input.name, propertyOf('Template', 'name'), 'add');
  const all = await templates(scope);
  const version = versionFor(scope, input, all);
  const cluster = input.cluster ? await resolveCluster(scope, input.cluster) : vm.cluster;
  checkName(all, name, 'add', version.base);
  may(scope, 'template.add', vm);
  const { description } = fit(scope, ofTemplate, 'add template', input);
  reportOfVm(scope, asVm(vm), input);
  const factsNote = textOf({
    ...(cluster?.id !== undefined && { cluster: cluster.id }),
    ...version,
    ...sizeOf(asVm(vm)),
  });
  const wasExport = all.some(({ id, exported }) => id === vm.template?.id && exported);
  const isChangeable = isAble(scope, 'template.update');
  const facts = { ...(description !== undefined && { description }), ...(isChangeable && { factsNote }) };
  // The capture takes as many characters as a note, if any; the rest follows
  const isShort = (text: string | undefined): text is string =>
    isChangeable && text !== undefined && text.length <= 255;
  const id = await capture(scope, vm.id, name, {
    ...(isShort(facts.description) && { description: facts.description }),
    ...(facts.factsNote !== undefined && { factsNote: isShort(facts.factsNote) ? facts.factsNote : '' }),
    ...(wasExport && { exported: '' }),
  });
  const rest = Object.entries(facts).filter(([, text]) => text && !isShort(text));
  if (rest.length > 0) await scope.session.inventory.updateTemplate(id, Object.fromEntries(rest));
  const value = await template(scope, id);
  const finished = until(
    scope,
    `Template ${id}`,
    () => unlessGone(template(scope, id)),
    (created) => {
      // The cloud itself removes the image of a capture that fails
      if (!created && scope.work.hasEnded(templateOf(id))) return { ...value, status: 'ok' as const };
      if (!created || created.status === 'illegal')
        throw new Fault('backend.failed', {
          text: `The VM could not be captured: there is no usable image with the name ${name}.`,
        });
      return created.status === 'locked' ? undefined : created;
    },
  );
  return { value, finished: watched(finished) };
}

/** What a template has of the VM that it is made of, and what documents show where an image does not tell. */
const OF_VM = {
  memoryBytes: 1024 ** 3,
  sockets: 1,
  cores: 1,
  threads: 1,
  osType: undefined,
  architecture: undefined,
} satisfies Partial<Record<keyof TemplateInput, unknown>>;

/** Reports another size or system than that. */
function reportOfVm(scope: Scope, now: Partial<Pick<Template, keyof typeof OF_VM>>, input: TemplateInput): void {
  for (const key of Object.keys(OF_VM) as (keyof typeof OF_VM)[])
    if (input[key] !== undefined && input[key] !== (now[key] ?? OF_VM[key]))
      scope.report(propertyOf('Template', key), 'a template has the size and the system of the VM that it is made of');
}

type Version = Pick<TemplateFacts, 'base' | 'number' | 'name'>;

/** The base and number of a new template: the next version of the base that the client names. */
function versionFor(scope: Scope, { baseTemplate, versionName }: TemplateInput, all: readonly Template[]): Version {
  const name = versionName === undefined || versionName === BASE_NAME ? {} : { name: versionName };
  if (!baseTemplate && versionName === undefined) return {};
  const subject = propertyOf('Template', baseTemplate ? 'baseTemplate' : 'versionName');
  requireAble(scope, 'template.update', 'add template', subject);
  if (!baseTemplate) return name;
  const base = resolve('Template', baseTemplate, baseTemplate.id === undefined ? all.filter(isBase) : all);
  if (base.id === ZERO_ID || !isBase(base))
    throw new Fault('refused', {
      text: `Cannot add Template. ${base.name} cannot have versions: use its base template.`,
    });
  const numbers = versionsOf(base.id, all).map(({ versionNumber = 1 }) => versionNumber);
  return { base: base.id, number: Math.max(1, ...numbers) + 1, ...name };
}

const isBase = ({ baseTemplate }: Template): boolean => baseTemplate === undefined;

async function source(scope: Scope, ref: Ref): Promise<Vm> {
  const { id, name } = ref;
  if (id !== undefined) {
    const found = await unlessGone(settledVm(scope, id, 'template.add'));
    if (!found) throw missingReference('VM', ref);
    return found;
  }
  for await (const page of scope.session.vms.list({ ...(name !== undefined && { name }) })) {
    const found = page.find((vm) => vm.name === name);
    if (found) return settledVm(scope, found.id, 'template.add');
  }
  throw missingReference('VM', ref);
}

/** Changes name, description and the version's name; a document that a client sends back unchanged changes nothing. */
export async function update(scope: Scope, id: string, input: TemplateInput): Promise<Template> {
  const { name, description, versionName } = input;
  const now = await template(scope, id);
  const renames = versionName !== undefined && versionName !== (now.versionName ?? BASE_NAME);
  const change = {
    ...(name !== undefined && name !== now.name && { name }),
    ...(description !== undefined && description !== (now.description ?? '') && { description }),
    ...(renames && { factsNote: textOf({ ...factsOf(now), name: versionName }) }),
  };
  await reportFixed(scope, now, input);
  if (Object.keys(change).length === 0) return now;
  if (id === ZERO_ID) throw fixed('edit');
  if (change.name !== undefined)
    checkName(await templates(scope), change.name, 'edit', now.baseTemplate?.id ?? undefined);
  await scope.session.inventory.updateTemplate(id, change);
  return { ...now, ...change, ...(renames && { versionName }) };
}

/** Reports properties of a template that cannot change. Throws `not-found.reference` for what does not exist. */
async function reportFixed(scope: Scope, now: Template, input: TemplateInput): Promise<void> {
  const { versionNumber, baseTemplate, cluster } = input;
  reportOfVm(scope, now, input);
  if (isOther(cluster, now.cluster?.id) && (await resolveCluster(scope, cluster)).id !== now.cluster?.id)
    scope.report(propertyOf('Template', 'cluster'), 'a template keeps the cluster that it was made in');
  if (versionNumber !== undefined && versionNumber !== (now.versionNumber ?? 1))
    scope.report(propertyOf('Template', 'versionNumber'), 'versions are numbered in the order of their creation');
  const base = now.baseTemplate?.id ?? now.id;
  if (isOther(baseTemplate, base) && (await resolveTemplate(scope, baseTemplate)).id !== base)
    scope.report(propertyOf('Template', 'baseTemplate'), 'a template always keeps its base template');
}

/** Whether a reference may be to something else than this. */
const isOther = (ref: Ref | undefined, id: string | undefined): ref is Ref =>
  ref !== undefined && (ref.id === undefined ? ref.name !== undefined : ref.id !== id);

/**
 * As engines do, throws `conflict.transition` for one that is being made, and `conflict` for one that VMs are based on,
 * or a base with versions (docs/reference/engine-preconditions.md, RemoveVmTemplate). One call for each page of VMs.
 */
export async function remove(scope: Scope, id: string): Promise<void> {
  if (id === ZERO_ID) throw fixed('remove');
  const all = isAble(scope, 'template.update') ? await templates(scope) : [await template(scope, id)];
  const found = all.find((one) => one.id === id);
  if (!found) throw new Fault('not-found', { what: 'Template', id });
  scope.concerns?.({ what: found.name });
  assertUnlocked(found);
  await assertUnused(scope, id);
  const versions = versionsOf(id, all).map(({ versionName, name }) => versionName ?? name);
  if (versions.length > 0)
    throw new Fault('conflict', {
      text:
        'Cannot delete Base Template that has Template Versions, please first remove all Template Versions ' +
        `for this Template: ${versions.join(', ')}.`,
    });
  await removeImage(scope, found);
}

/** A VM whose disks are clones is based on Blank, and one that is being removed is as good as gone. */
async function assertUnused(scope: Scope, id: string): Promise<void> {
  const users: string[] = [];
  for await (const page of scope.session.vms.list())
    for (const vm of page) {
      if (vm.template?.id === id && asVm(vm).template?.id === id && workOf(vm) !== 'remove') users.push(vm.name);
    }
  if (users.length > 0)
    throw new Fault('conflict', {
      text: `Cannot delete Template. Template is being used by the following VMs: ${users.join(',')}.`,
    });
}
