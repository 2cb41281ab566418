import type { VmPort } from '../../model/index.js';
import type { Scope } from '../context.js';
import { until } from '../work/wait.js';

/**
 * Makes an image of the VM's volumes and returns its id: at once if the backend returns it, else when an image of that
 * name appears that is none of `others`.
 */
export async function capture(
  scope: Scope,
  vmId: string,
  name: string,
  options: Parameters<VmPort['capture']>[2] = {},
  others: readonly string[] = [],
): Promise<string> {
  const id = await scope.session.vms.capture(vmId, name, options);
  return (
    id ??
    until(
      scope,
      `Image ${name}`,
      () => scope.session.inventory.templates(),
      (all) =>
        all.find(
          ({ id: other, name: itsName, exported }) =>
            itsName === name && !others.includes(other) && Boolean(exported) === Boolean(options.exported),
        )?.id,
    )
  );
}
