import * as consoles from '../../../services/vms/consoles.js';
import type { ActionDocument } from '../../declare/action.js';
import { type ActionFacts, actionOperations } from '../../declare/action-operations.js';
import type { Call, Operation } from '../../declare/operation.js';
import { noViewerFile } from '../viewerfile.js';

type Ids = { readonly vm: string; readonly graphicsconsole: string };
const HOW = 'Nova remote-consoles.';
const item = '/vms/{vm:id}/graphicsconsoles/{graphicsconsole:name}';
const registerGauges = (call: Call<Ids>) =>
  consoles.get(call.scope, call.ids.vm, call.ids.graphicsconsole, { able: call.able('vm.console') });

function action(rel: string, facts: Omit<ActionFacts<Ids>, 'how' | 'faults'> & { readonly how?: string }): Operation[] {
  const address = {
    item,
    entity: 'graphics console',
    progress: async (call: Call<Ids>) => {
      await registerGauges(call);
      return 'complete' as const;
    },
  };
  return actionOperations<Ids>(rel, address, {
    how: HOW,
    needsThen: ['vm.console'],
    ...facts,
    faults: ['conflict', 'unsupported'],
  });
}

const ticketOf = ({ ticket }: ActionDocument) => ({
  ...(ticket?.value !== undefined && { value: ticket.value }),
  ...(ticket?.expiry !== undefined && { expirySeconds: ticket.expiry }),
});

/** How clients of version 4 open a console (docs/reference/v4-wire.md, section 8). */
export const consoleOperations: readonly Operation[] = [
  ...action('ticket', {
    summary: 'A ticket that opens the console',
    fields: ['ticket'],
    async verb(call, document) {
      await registerGauges(call);
      const { value, expirySeconds } = await consoles.ticket(call.scope, call.ids.vm, {
        ...ticketOf(document),
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
      await registerGauges(call);
      throw await noViewerFile(call);
    },
  }),
];
