import { isFault, type NotesPatch } from '../../model/index.js';
import type { Scope } from '../context.js';
import { PATIENCE_MS } from '../work/patience.js';
import { unlessBusy } from '../work/patience.js';
import { related } from '../rules.js';
import { until } from '../work/wait.js';

/**
 * Writes notes of a VM that may still be being built: Nova refuses them then (check_instance_state of its metadata
 * calls), so the answer waits a while. Throws `conflict.transition` in engines' words if that is not enough.
 */
export async function noteWhenFree(scope: Scope, id: string, patch: NotesPatch): Promise<void> {
  const { settings } = scope;
  const patient = { ...scope, settings: { ...settings, timeoutMs: Math.min(settings.timeoutMs, PATIENCE_MS) } };
  try {
    await until(
      patient,
      `VM ${id}`,
      async () => true,
      async () => {
        await unlessBusy(scope, id, () => scope.session.vms.note(id, patch));
        return true as const;
      },
    );
  } catch (error) {
    throw isFault(error, 'backend.timeout') ? related(scope, 'vm.update') : error;
  }
}
