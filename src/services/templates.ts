import {
  Fault,
  needed,
  propertyOf,
  ZERO_ID,
  type Ref,
  type Template,
  type Vm,
  type TemplateInput,
} from '../model/index.js';
import type { Scope, Started } from './context.js';
import { capture } from './captures.js';
import { fit, ofTemplate } from './fitting.js';
import { template, templates } from './inventory.js';
import { may } from './rules.js';
import { unlessGone, until, watched } from './wait.js';

/**
 * A template is an image: made by capturing a VM, which PowerVC does with all its volumes (docs/reference/power.md,
 * 4.2).
 */

const fixed = (verb: string): Fault =>
  new Fault('conflict', { text: `Cannot ${verb} Template. Blank template cannot be edited.` });

/** Throws `duplicate-name`, as engines do; Glance itself would take it. */
async function checkName(scope: Scope, name: string, verb: string): Promise<void> {
  if ((await templates(scope)).some((one) => one.name === name))
    throw new Fault('duplicate-name', { verb, what: 'Template' });
}

/**
 * Captures the VM, by id or by name. Throws `not-found.reference`, `conflict` for a VM that runs: engines make
 * templates of VMs that are down.
 */
export async function add(scope: Scope, input: TemplateInput): Promise<Started<Template>> {
  const vm = await source(scope, input.vm ?? {});
  const name = needed(input.name, propertyOf('Template', 'name'), 'add');
  await checkName(scope, name, 'add');
  may(scope, 'template.add', vm);
  const { description } = fit(scope, ofTemplate, 'add template', input);
  // The capture itself takes as much as a note does: the rest follows
  const short = description === undefined || description.length <= 255;
  const id = await capture(scope, vm.id, name, short && description !== undefined ? { description } : {});
  if (description && !short) await scope.session.inventory.updateTemplate(id, { description });
  const value = await template(scope, id);
  const finished = until(
    scope,
    `Template ${id}`,
    () => unlessGone(template(scope, id)),
    (made) => {
      if (!made || made.status === 'illegal')
        throw new Fault('backend.failed', {
          text: `The VM could not be captured: there is no usable image of the name ${name}.`,
        });
      return made.status === 'locked' ? undefined : made;
    },
  );
  return { value, finished: watched(finished) };
}

async function source(scope: Scope, { id, name }: Ref): Promise<Vm> {
  const missing = (): Fault =>
    new Fault('not-found.reference', { what: 'VM', by: id === undefined ? 'name' : 'id', value: id ?? name ?? '' });
  if (id !== undefined) {
    const found = await unlessGone(scope.session.vms.get(id));
    if (!found) throw missing();
    return found;
  }
  for await (const page of scope.session.vms.list({ ...(name !== undefined && { name }) })) {
    const found = page.find((vm) => vm.name === name);
    if (found) return found;
  }
  throw missing();
}

/** Name and description; a document that comes back whole changes nothing. */
export async function update(scope: Scope, id: string, { name, description }: TemplateInput): Promise<Template> {
  const now = await template(scope, id);
  const change = {
    ...(name !== undefined && name !== now.name && { name }),
    ...(description !== undefined && description !== (now.description ?? '') && { description }),
  };
  if (Object.keys(change).length === 0) return now;
  if (id === ZERO_ID) throw fixed('edit');
  if (change.name !== undefined) await checkName(scope, change.name, 'edit');
  await scope.session.inventory.updateTemplate(id, change);
  return { ...now, ...change };
}

export async function remove(scope: Scope, id: string): Promise<void> {
  if (id === ZERO_ID) throw fixed('remove');
  await template(scope, id);
  await scope.session.inventory.removeTemplate(id);
}
