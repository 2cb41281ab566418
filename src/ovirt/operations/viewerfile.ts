import { type Console, Fault } from '../../model/index.js';
import * as consoles from '../../services/vms/consoles.js';
import type { Call } from '../declare/operation.js';

/** What clients of a console's connection file accept: the VM portal, moVirt. */
const VIEWER = 'application/x-virt-viewer';

export const asksViewerFile = ({ exchange }: Pick<Call, 'exchange'>): boolean =>
  exchange.accept?.toLowerCase().includes(VIEWER) === true;

/**
 * Why there is no connection file for virt-viewer: the consoles of clouds are web pages. Throws `conflict` for a VM
 * that does not run, as engines do.
 */
export async function noViewerFile({ scope, ids }: Call<{ readonly vm: string }>): Promise<Fault> {
  const opened = await consoles.open(scope, ids.vm);
  return new Fault('conflict', {
    text:
      'Cannot get connection file of graphics console. A connection file for virt-viewer is not supported ' +
      `by ${scope.backend}: its consoles are pages for a browser, which virt-viewer cannot ` +
      `open${pageOf(opened)}`,
  });
}

/** Where the console's page is, without the word that opens it: faults are logged. */
function pageOf({ url = '', token }: Console): string {
  if (!URL.canParse(url)) return '';
  if (token === undefined) return `: the value of a ticket is the address of the page`;
  return `: ${url.replaceAll(token, 'TICKET')}, with the value of a ticket for TICKET`;
}
