import { parseXml, CodecError, type XmlElement } from '../../../codec/index.js';
import { headerOf, type ExchangeAnswer } from '../../../exchanges/index.js';
import type { Version } from '../../../ovirt/index.js';
import { detailOf, refuseForbidden, refuseMissing, textOf, type Answer } from '../bench.js';
import { orderProblems } from '../order.js';
import { expectThat } from '../outcomes.js';

/** Statuses that mean the same where it only matters whether work goes on. */
const ALIKE: readonly (readonly number[])[] = [
  [201, 202],
  [200, 202],
  [200, 204],
];
const isAlike = (recorded: number, now: number): boolean =>
  recorded === now || ALIKE.some((group) => group.includes(recorded) && group.includes(now));

/** A fault's detail that an engine writes so; the others are this gateway's own words. */
const ENGINE_DETAIL = /^\[(?!.*(?:not supported by|:))|required for /;

export const documentOf = (body: string): XmlElement | undefined => {
  try {
    // a page for browsers is no document
    return /^\s*<(?!!doctype html|html)/i.test(body)
      ? parseXml(body, { maxLength: 64 * 1024 * 1024, maxDepth: 64 })
      : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
};

/** Values by path, of elements without children. */
function valuesOf(root: XmlElement): Map<string, string> {
  const values = new Map<string, string>();
  const visit = (element: XmlElement, at: string): void => {
    if (element.children.length === 0 && element.text.trim() !== '') values.set(at, element.text.trim());
    for (const child of element.children) visit(child, `${at}/${child.name}`);
  };
  for (const child of root.children) visit(child, child.name);
  return values;
}

const faultOf = (root: XmlElement): XmlElement | undefined =>
  root.name === 'action' ? root.children.find(({ name }) => name === 'fault') : root;

function expectFault(recorded: XmlElement, now: XmlElement, body: string): void {
  // version 4 describes the operation to a client whose document it cannot read; each engine in its own words
  if (recorded.name === 'usage_message') return expectThat(now.name === recorded.name, `<${recorded.name}>`, body);
  const [old, fault] = [faultOf(recorded), faultOf(now)];
  if (!old) return;
  expectThat(now.name === recorded.name && fault !== undefined, `<${recorded.name}> with a fault`, body);
  const reason = textOf(old, 'reason') ?? '';
  expectThat(textOf(fault, 'reason') === reason, `reason "${reason}"`, textOf(fault, 'reason') ?? body);
  const detail = textOf(old, 'detail') ?? '';
  if (!ENGINE_DETAIL.test(detail)) return;
  // an engine writes VM or Vm, and names of properties in its own case
  const [said, reported] = [detail, textOf(fault, 'detail') ?? ''].map((text) => text.toLowerCase());
  expectThat(said === reported, `detail "${detail}"`, textOf(fault, 'detail') ?? body);
}

/** What is said of an answer besides what was recorded. */
export interface Said {
  readonly version: Version;
  /** The document that was sent; undefined for none. */
  readonly request?: XmlElement;
  /** A value of the recorded request as it was sent; `path`: of its element, `cpu/topology/cores`. */
  readonly value: (text: string, path: string) => string;
  /** Whether the exchange has changed something, so that what state a thing is in tells what became of it. */
  readonly changed: boolean;
}

/** What the endpoint says that it did not use, `vm.cpu.topology`: the header of this gateway, by elements and dots. */
const ignoredOf = (answer: Answer): string[] =>
  (answer.header('x-ovirt-ignored') ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');

/**
 * Whether an answer keeps to a recorded one: status, form, the document's kind and order, what a refusal says, and what
 * of the request's values comes back.
 * @returns the elements that came back otherwise because the endpoint does not have them and says so
 * @throws Differs, NotOffered, and NotRun where the user may not do what the corpus' administrator may
 */
export function expectKept(
  recorded: ExchangeAnswer,
  answer: Answer,
  { version, request, value, changed }: Said,
): string[] {
  if (recorded.status < 400) refuseMissing(answer);
  else refuseMissing(answer, false);
  // a 403 without a fault is of the data of an image transfer: the user lacks no right
  if (recorded.status !== 403 && detailOf(answer) !== '') refuseForbidden(answer);
  expectThat(isAlike(recorded.status, answer.status), `${recorded.status}`, `${answer.status} ${answer.body}`);
  const old = documentOf(recorded.body);
  if (!old) return [];
  const form = /^[\w/+.-]+/.exec(headerOf(recorded.headers, 'content-type') ?? '')?.[0] ?? '';
  expectThat((answer.header('content-type') ?? '').startsWith(form), form, answer.header('content-type') ?? 'none');
  const now = answer.xml();
  if (recorded.status >= 400) {
    expectFault(old, now, answer.body);
    return [];
  }
  expectThat(now.name === old.name, `<${old.name}>`, `<${now.name}>`);
  const problems = orderProblems(version.table, now);
  expectThat(problems.length === 0, 'elements as in the XSD', problems.join('; '));
  if (headerOf(recorded.headers, 'location') !== undefined)
    expectThat(answer.header('location') !== undefined, 'a header Location', 'none');
  const [before, values, ignored] = [valuesOf(old), valuesOf(now), ignoredOf(answer)];
  const missing = new Set<string>();
  for (const [path, sent] of request ? valuesOf(request) : []) {
    if (before.get(path) !== sent || values.get(path) === value(sent, path)) continue;
    const dotted = `${now.name}.${path.replaceAll('/', '.')}`;
    const said = ignored.find((one) => dotted === one || dotted.startsWith(`${one}.`));
    expectThat(said !== undefined, `${path}: ${value(sent, path)}`, values.get(path) ?? 'nothing');
    if (said !== undefined) missing.add(said);
  }
  if (!changed) return [...missing];
  for (const path of ['phase', 'status', 'status/state', 'active'])
    if (before.has(path) && now.attributes.has('id'))
      expectThat(
        values.get(path) === before.get(path),
        `${path}: ${before.get(path) ?? ''}`,
        values.get(path) ?? 'nothing',
      );
  return [...missing];
}
