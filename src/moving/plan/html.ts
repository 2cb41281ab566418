import { bar, escapeHtml as escape, page, pill, type Tone } from '../html.js';
import { mappingKinds } from './mapping.js';
import { type Plan } from './model.js';
import { type PlannedVm } from './model.js';
import { type PlanPlace } from './model.js';
import { type Reason } from './model.js';
import { verdicts } from './model.js';
import { type Verdict } from './model.js';
import { PLAN_SCRIPT, PLAN_STYLE } from './style.js';
import { KIND_TEXT, VERDICT_TEXT } from './text.js';
import { counted, sizeText } from '../units.js';

const tones = {
  ready: 'good',
  losses: 'warning',
  unmapped: 'note',
  blocked: 'bad',
} as const satisfies Readonly<Record<Verdict, Tone>>;
const badge = (verdict: Verdict): string => pill(tones[verdict], VERDICT_TEXT[verdict]);
const refusedPill = `${pill('bad', 'refused')} `;
const card = (value: string, what: string): string =>
  `<div class="card"><b>${escape(value)}</b><span>${escape(what)}</span></div>`;
/** `name`: for those who do not see where the table stands. A head that begins with `#` is of numbers. */
const table = (name: string, heads: readonly string[], rows: readonly string[]): string =>
  `<div class="wide"><table aria-label="${escape(name)}"><thead><tr>${heads.map((head) => (head.startsWith('#') ? `<th class="n">${head.slice(1)}</th>` : `<th>${head}</th>`)).join('')}</tr></thead><tbody>\n${rows.join('\n')}</tbody></table></div>`;
const placeText = (place: PlanPlace | undefined): string =>
  place === undefined ? '–' : `${escape(place.from)} → ${place.to === undefined ? '<b>?</b>' : escape(place.to)}`;

const reasonRow = ({ path, why, refused, vms }: Reason): string =>
  `<tr><td class="n">${vms.toLocaleString('en')}</td><td><code>${escape(path)}</code></td><td>${refused ? refusedPill : ''}${escape(why)}</td></tr>`;

function placesTables({ places }: Plan): string {
  return mappingKinds
    .map((kind) => {
      const [title, uses] = KIND_TEXT[kind];
      const rows = places[kind].map(
        ({ name, uses: count, to }) =>
          `<tr><td class="n">${count.toLocaleString('en')}</td><td>${escape(name)}</td><td${to === undefined ? ' class="open">not mapped' : `>${escape(to)}`}</td></tr>`,
      );
      return `<div><h2>${title} <small>${rows.length}</small></h2>${table(title, [`#${uses}s`, 'from', 'to'], rows)}</div>`;
    })
    .join('\n');
}

function vmDetails(vm: PlannedVm, reasons: readonly Reason[]): string {
  const disks = vm.disks.map(
    ({ name, sizeBytes, actualBytes, bootable, storage }) =>
      `<tr><td>${escape(name)}${bootable ? ' <small>boots</small>' : ''}</td><td class="n">${sizeText(sizeBytes)}</td><td class="n">${actualBytes === undefined ? '' : sizeText(actualBytes)}</td><td>${placeText(storage)}</td></tr>`,
  );
  const nics = vm.nics.map(
    ({ name, mac = '', network }) =>
      `<tr><td>${escape(name)}</td><td><code>${escape(mac)}</code></td><td>${placeText(network)}</td></tr>`,
  );
  const facts = [
    ...Object.entries(vm.details).map(([name, value]) => `${name} ${value}`),
    ...(vm.tags.length > 0 ? [`tags ${vm.tags.join(', ')}`] : []),
    ...(vm.permissions.length > 0 ? [`permissions: ${vm.permissions.join(', ')}`] : []),
    ...(vm.snapshots > 0 ? [counted(vm.snapshots, 'snapshot')] : []),
    ...(vm.numaNodes > 0 ? [counted(vm.numaNodes, 'NUMA node')] : []),
    ...(vm.cloudInit ? ['data for cloud-init'] : []),
  ];
  const lost = vm.reasons.flatMap((at) => {
    const reason = reasons[at];
    return reason === undefined
      ? []
      : [`<li><code>${escape(reason.path)}</code> ${reason.refused ? refusedPill : ''}${escape(reason.why)}</li>`];
  });
  const words = [vm.name, vm.status, VERDICT_TEXT[vm.verdict], vm.shape, vm.cluster?.from ?? '', ...vm.tags];
  return `<details data-text="${escape(words.join(' ').toLowerCase())}"><summary><b>${escape(vm.name)}</b>${badge(vm.verdict)}<small>${escape(vm.shape)}</small><small>${escape(vm.status)}</small></summary><div>
<p>Cluster ${placeText(vm.cluster)}${facts.length > 0 ? `<br><small>${escape(facts.join(' · '))}</small>` : ''}</p>
${disks.length > 0 ? table(`Disks of ${vm.name}`, ['disk', '#size', '#used', 'storage'], disks) : ''}${nics.length > 0 ? table(`NICs of ${vm.name}`, ['NIC', 'MAC address', 'network'], nics) : ''}${lost.length > 0 ? `<ul>${lost.join('')}</ul>` : ''}</div></details>`;
}

/** The plan as a self-contained HTML page: it loads nothing from elsewhere. */
export function planHtml(plan: Plan): string {
  const { totals, source } = plan;
  const read = source.at === '' ? '' : `, read ${source.at.slice(0, 16).replace('T', ' ')} UTC`;
  const more = [
    ...(totals.floatingDisks > 0 ? [`${counted(totals.floatingDisks, 'disk')} without a VM`] : []),
    ...(plan.problems > 0 ? [`${counted(plan.problems, 'object')} could not be read; the inventory says which`] : []),
  ];
  const belongings = plan.belongings.map(
    ({ what, count, support, how }) =>
      `<tr><td class="n">${count.toLocaleString('en')}</td><td>${escape(what)}</td><td>${escape(support)}</td><td>${escape(how)}</td></tr>`,
  );
  const shapes = plan.shapes.map(
    ({ text, vms }) => `<tr><td class="n">${vms.toLocaleString('en')}</td><td>${escape(text)}</td></tr>`,
  );
  return page({
    title: `Move to ${plan.cloud}`,
    header: `<h1>Move of ${counted(totals.vms, 'VM')} to ${escape(plan.cloud)}</h1>
<p>From ${escape(source.product)} at <code>${escape(source.url)}</code>${read}.${more.length > 0 ? ` ${escape(more.join('; '))}.` : ''}</p>
<div class="cards">${card(totals.processors.toLocaleString('en'), 'virtual processors')}${card(sizeText(totals.memoryBytes), 'memory')}${card(totals.disks.toLocaleString('en'), `disks, ${sizeText(totals.diskBytes)}`)}${card(sizeText(totals.actualBytes), 'used on disks')}${card(totals.nics.toLocaleString('en'), 'NICs')}${card(totals.snapshots.toLocaleString('en'), 'snapshots')}</div>
${bar(
  'VMs by verdict',
  verdicts.map((one) => ({ name: VERDICT_TEXT[one], count: totals.verdicts[one], tone: tones[one] })),
)}`,
    main: `<h2>What has no counterpart, and why <small>${plan.reasons.length}</small></h2>
${plan.reasons.length === 0 ? '<p>Nothing.</p>' : table('What has no counterpart', ['#VMs', 'what', 'why'], plan.reasons.map(reasonRow))}
<div class="columns">${placesTables(plan)}</div>
<h2>Sizes <small>${shapes.length}</small></h2>${table('Sizes', ['#VMs', 'become'], shapes)}
${belongings.length === 0 ? '' : `<h2>What belongs to VMs</h2>${table('What belongs to VMs', ['#', 'what', 'support', 'how'], belongings)}`}
<h2>VMs <small>${totals.vms.toLocaleString('en')}</small></h2>
<input type="search" placeholder="Words, such as: refused web" aria-label="Words" hidden>
${plan.vms.map((vm) => vmDetails(vm, plan.reasons)).join('\n')}`,
    style: PLAN_STYLE,
    script: PLAN_SCRIPT,
  });
}
