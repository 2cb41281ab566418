import type { XmlElement } from '../../../codec/element.js';
import { parseXml } from '../../../codec/xml.js';
import { stateOf, textOf, type Answer, type Bench } from '../bench.js';
import { expectThat, NotRun } from '../outcomes.js';

export const attached = (bench: Bench): string =>
  bench.version.hasDocument('disk_attachment') ? 'diskattachments' : 'disks';

export const vmPath = (bench: Bench): string => `/vms/${bench.need('vm')}`;

export const idIn = (answer: Answer): string => {
  const id = answer.xml().attributes.get('id') ?? '';
  expectThat(id !== '', 'an id', answer.body);
  return id;
};

/** The item with that name, or the first suitable one. */
export async function chosen(
  bench: Bench,
  path: string,
  requested: string | undefined,
  usable: (item: XmlElement) => boolean = () => true,
): Promise<string> {
  const items = (await bench.good([200], 'GET', path)).xml().children.filter(({ attributes }) => attributes.has('id'));
  const found = requested === undefined ? items.find(usable) : items.find((item) => textOf(item, 'name') === requested);
  const id = found?.attributes.get('id');
  if (id === undefined)
    throw new NotRun(requested === undefined ? `${path} has none to use` : `${path} has no ${requested}`);
  return id;
}

/** Whether a template has a disk to boot from: not Blank. */
const isImage = (template: XmlElement): boolean =>
  !/^0{8}-/.test(template.attributes.get('id') ?? '') && stateOf(template) === 'ok';

export const isData = (domain: XmlElement): boolean => textOf(domain, 'type') === 'data';

export const newVm = async (bench: Bench, name: string): Promise<string> => {
  const template = await chosen(bench, '/templates', bench.options.template, isImage);
  const cluster = await chosen(bench, '/clusters', bench.options.cluster);
  return `<vm><name>${name}</name><cluster id="${cluster}"/><template id="${template}"/></vm>`;
};

export const expectAction = ({ body, status }: Answer): void => {
  const root = parseXml(body);
  expectThat(root.name === 'action', '<action>', `${status} ${body}`);
};

export async function act(bench: Bench, action: string, statuses: readonly number[] = [200, 202]): Promise<void> {
  expectAction(await bench.good(statuses, 'POST', `${vmPath(bench)}/${action}`, { body: '<action/>' }));
}

export const vmIs = (bench: Bench, state: string): Promise<XmlElement> =>
  bench.until(vmPath(bench), `the VM is ${state}`, (root) => stateOf(root) === state);

export async function addNic(bench: Bench, name: string): Promise<Answer> {
  const profiles = bench.version.protocol.inline === 'follow';
  const id = await chosen(bench, profiles ? '/vnicprofiles' : '/networks', undefined);
  const body = `<nic><name>${name}</name><${profiles ? 'vnic_profile' : 'network'} id="${id}"/></nic>`;
  return bench.good([201], 'POST', `${vmPath(bench)}/nics`, { body });
}
