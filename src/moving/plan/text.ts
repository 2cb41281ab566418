import { mappingKinds, type MappingKind } from './mapping.js';
import { type Plan } from './model.js';
import { type PlannedVm } from './model.js';
import { type PlanPlace } from './model.js';
import { verdicts } from './model.js';
import { type Verdict } from './model.js';
import { counted, sizeText } from '../units.js';

export const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  ready: 'ready',
  losses: 'ready, with losses',
  unmapped: 'to be mapped',
  blocked: 'refused as it is',
};
export const KIND_TEXT: Readonly<Record<MappingKind, readonly [title: string, uses: string]>> = {
  clusters: ['Clusters', 'VM'],
  networks: ['Networks', 'NIC'],
  storageDomains: ['Storage domains', 'disk'],
};

const placeText = (place: PlanPlace | undefined): string =>
  place === undefined ? '-' : `${place.from} -> ${place.to ?? '?'}`;

function vmText({ name, status, verdict, shape, cluster, disks, nics, reasons }: PlannedVm): string {
  return [
    `${name} (${status}): ${VERDICT_TEXT[verdict]}`,
    `  becomes  ${shape}; cluster ${placeText(cluster)}`,
    ...disks.map(
      ({ name: disk, sizeBytes, bootable, storage }) =>
        `  disk     ${disk}, ${sizeText(sizeBytes)}${bootable ? ', boots' : ''}, ${placeText(storage)}`,
    ),
    ...nics.map(({ name: nic, mac, network }) => `  NIC      ${nic}, ${mac ?? 'no MAC'}, ${placeText(network)}`),
    ...(reasons.length > 0 ? [`  losses   ${reasons.map((at) => at + 1).join(', ')}`] : []),
  ].join('\n');
}

/** A title and its lines; nothing if there are none. */
const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [[title, ...lines].join('\n')];

/** The plan as plain text. */
export function planText(plan: Plan): string {
  const { totals, source } = plan;
  const parts = [
    `Move of ${counted(totals.vms, 'VM')} from ${source.product} (${source.url}, read ${source.at}) to ${plan.cloud}`,
    [
      ...verdicts.map((one) => `${String(totals.verdicts[one]).padStart(6)}  ${VERDICT_TEXT[one]}`),
      '',
      `${counted(totals.processors, 'processor')}, ${sizeText(totals.memoryBytes)} memory, ` +
        `${counted(totals.disks, 'disk')} of ${sizeText(totals.diskBytes)} (${sizeText(totals.actualBytes)} ` +
        `used), ${counted(totals.nics, 'NIC')}`,
      ...(totals.floatingDisks > 0 ? [`${counted(totals.floatingDisks, 'disk')} without a VM`] : []),
      ...(plan.problems > 0 ? [`${counted(plan.problems, 'object')} could not be read; the inventory says which`] : []),
    ].join('\n'),
    ['Sizes', ...plan.shapes.map(({ text, vms }) => `${String(vms).padStart(6)}  ${text}`)].join('\n'),
    ...mappingKinds.map((kind) =>
      [
        KIND_TEXT[kind][0],
        ...plan.places[kind].map(
          ({ name, uses, to }) => `${String(uses).padStart(6)}  ${name} -> ${to ?? '? (not mapped)'}`,
        ),
      ].join('\n'),
    ),
    ...section(
      'What belongs to VMs',
      plan.belongings.map(
        ({ what, count, support, how }) => `${String(count).padStart(6)}  ${what}: ${support}. ${how}`,
      ),
    ),
    ...section(
      'What has no counterpart, and why',
      plan.reasons.map(
        ({ path, why, refused, vms }, at) =>
          `${String(at + 1).padStart(4)}  ${counted(vms, 'VM')}  ${refused ? 'REFUSED  ' : ''}${path}: ${why}`,
      ),
    ),
    ...plan.vms.map(vmText),
  ];
  return `${parts.join('\n\n')}\n`;
}
