import { Fault, type NotesPatch, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { fit, ofVm } from '../fitting.js';
import { may } from '../rules.js';
import { stays } from '../rivals.js';
import { checkName, get, look, namesakes, naming } from './find.js';
import { asVm, workOf, keptTexts, notesOf } from './kept.js';
import { noteWhenFree } from './noting.js';
import { wantedSize } from './wanted.js';
import { checkProperties, resize, sizeChange } from './sizes.js';

/** Changes what differs: a document that comes back whole changes nothing (docs/reference/ovirt.md, section 9). */
export async function update(scope: Scope, id: string, given: Vm): Promise<Vm> {
  const vm = await look(scope, id);
  const now = asVm(vm);
  const input = fit(scope, ofVm, 'update VM', given, now);
  checkFixed(scope, now, input);
  checkProperties(scope, input);
  const size = sizeChange(now, input);
  may(scope, 'vm.update', vm);

  if (input.name !== undefined && input.name !== now.name) {
    await rename(scope, id, input.name, now.name!);
  }
  const joins = workOf(vm) === 'create';
  const patch = {
    ...noteChange(now, input),
    ...(size && joins && { wanted: JSON.stringify({ ...wantedSize(vm), ...size }) }),
  };
  if (Object.keys(patch).length) await noteWhenFree(scope, id, patch);
  if (size && !joins) await resize(scope, vm, size);
  return get(scope, id);
}

async function rename(scope: Scope, id: string, name: string, former: string): Promise<void> {
  const { vms } = scope.session;
  await naming(scope, name, async () => {
    await checkName(scope, name, 'edit');
    await vms.rename(id, name);
    if (await stays(scope, id, () => namesakes(scope, name))) return;
    await vms.rename(id, former);
    throw new Fault('duplicate-name', { verb: 'edit', what: 'VM', name });
  });
}

/** What a VM keeps for life here, and a client may send back but not change. */
function checkFixed(scope: Scope, now: Vm, input: Vm): void {
  const differs = (key: 'cluster' | 'template'): boolean =>
    input[key]?.id !== undefined
      ? input[key].id !== now[key]?.id
      : input[key]?.name !== undefined && input[key].name !== now[key]?.name;
  const fixed = (['cluster', 'template'] as const).find(
    (key) => differs(key) && (input[key]?.id !== undefined || now[key]?.name !== undefined),
  );
  if (fixed)
    throw new Fault('unsupported', {
      operation: 'update VM',
      subject: `Another ${fixed}`,
      backend: scope.backend,
      why: 'a VM keeps what it was deployed with.',
    });
}

function noteChange(now: Vm, input: Vm): NotesPatch {
  return Object.fromEntries(
    Object.entries(notesOf(input)).flatMap(([key, value]) => {
      const before =
        key === 'delete_protected'
          ? String(now.deleteProtected ?? false)
          : now[keptTexts[key as keyof typeof keptTexts]];
      if (value === (before ?? '')) return [];
      return [[key, value === '' ? null : value]];
    }),
  );
}
