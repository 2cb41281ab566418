import { type Console, Fault } from '../../../model/index.js';
import * as consoles from '../../../services/consoles.js';
import type { ActionDocument } from '../../declare/action.js';
import { type ActionFacts, actionOperations } from '../../declare/action-operations.js';
import type { Call, Operation } from '../../declare/operation.js';

type Ids = { readonly vm: string; readonly graphicsconsole: string };
const HOW = 'Nova remote-consoles, where the backend has consoles.';
const item = '/vms/{vm:id}/graphicsconsoles/{graphicsconsole:name}';
const lookAt = (call: Call<Ids>) =>
  consoles.get(call.scope, call.ids.vm, call.ids.graphicsconsole, call.able('vm.console'));

function action(rel: string, facts: Omit<ActionFacts<Ids>, 'how' | 'faults'> & { readonly how?: string }): Operation[] {
  const address = {
    item,
    entity: 'graphics console',
    progress: async (call: Call<Ids>) => {
      await lookAt(call);
      return 'complete' as const;
    },
  };
  return actionOperations<Ids>(rel, address, { how: HOW, ...facts, faults: ['conflict', 'unsupported'] });
}

const wanted = ({ ticket }: ActionDocument) => ({
  ...(ticket?.value !== undefined && { value: ticket.value }),
  ...(ticket?.expiry !== undefined && { expirySeconds: ticket.expiry }),
});

/** How clients of version 4 open a console (docs/reference/v4-wire.md, section 8). */
export const consoleOperations: readonly Operation[] = [
  ...action('ticket', {
    summary: 'A ticket that opens the console',
    fields: ['ticket'],
    async verb(call, document) {
      await lookAt(call);
      const { value, expirySeconds } = await consoles.ticket(call.scope, call.ids.vm, {
        ...wanted(document),
        address: call.exchange.address,
      });
      return { echo: { ticket: { value, expiry: expirySeconds } } };
    },
  }),
  ...action('remoteviewerconnectionfile', {
    summary: 'The connection file for virt-viewer (remote-viewer)',
    support: 'refused',
    how: 'A console is a page for a browser, which virt-viewer cannot open; the fault names the page.',
    async verb(call) {
      await lookAt(call);
      const { scope, ids, operation } = call;
      const opened = await consoles.open(scope, ids.vm);
      throw new Fault('unsupported', {
        operation: operation.title,
        subject: 'A connection file for virt-viewer',
        backend: scope.backend,
        why: `its consoles are pages for a browser, which virt-viewer cannot open${pageOf(opened)}`,
      });
    },
  }),
];

/** Where the console's page is, without the word that opens it: faults are logged. */
function pageOf({ url = '', token }: Console): string {
  if (!URL.canParse(url)) return '';
  if (token === undefined) return `: the value of a ticket is the address of the page`;
  return `: ${url.replaceAll(token, 'TICKET')}, with the value of a ticket for TICKET`;
}
