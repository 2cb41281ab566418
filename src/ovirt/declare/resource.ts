import type { PartlyShown } from '../../codec/protocol.js';
import { type Mapped, MappingError } from '../../mapping/index.js';
import { Fault, nameId, type Ref } from '../../model/index.js';
import { inDataCenter, quotaOf } from '../../services/inventory/datacenters.js';
import { missingReference } from '../../services/references.js';
import type { Document } from '../version/document.js';
import { refuseLost, unknownContent } from '../version/ignored.js';
import type { Call } from './operation.js';
import type { SearchTable } from '../search/index.js';

/** The progress of work on a resource, derived from the resource itself: nothing is stored. */
export type Progress = 'in_progress' | 'complete' | 'failed';

/** One type of resource of the oVirt API, in every version. */
export interface Resource<N extends object> {
  /** As faults' texts name it after a verb: `disk`. */
  readonly entity: string;
  /** Name of the mapping tables between the entity and its documents: `disk`. */
  readonly table: string;
  /** Element of one, and of a collection: `disk`, `disks`. */
  readonly element: string;
  readonly list: string;
  /** What its lists can be searched by. Defaults to name, description, comment and id. */
  readonly search?: SearchTable<N>;
  /** Another id in the document that may stand for it in paths. */
  readonly otherId?: (document: Document) => string | undefined;
  readonly progress?: (entity: N) => Progress;
  /** One belongs to the quota of its data center. */
  readonly inQuota?: boolean;
  /**
   * What `finish` depends on, beside the entity and its address. Texts of entities that last are kept where this is
   * given.
   */
  readonly variant?: (call: Call) => string;
  /** The same of a client's document: what is asked for by an empty element. */
  readonly read?: (input: Partial<N>, document: Document) => Partial<N>;
  /** What tables cannot express: further links, parts that depend on the request. `href` is the document's own. */
  readonly finish?: (document: Document, entity: N, call: Call, href: string) => void;
}

/** Declares a resource. */
export const declareResource = <N extends object>(resource: Resource<N>): Resource<N> => resource;

/**
 * The document of an entity with its address, links and actions. `collection` is the address of the collection, `path`
 * the declared path of the item.
 */
export function addLinks<N extends object>(
  resource: Resource<N>,
  entity: N,
  call: Call,
  collection: string,
  path: string,
): Document {
  const { base, version } = call;
  const document = version.binding(resource.table).out(entity, { base });
  const href = `${base}${collection}/${encodeURIComponent(document.id ?? '')}`;
  const { linksTo, actionsAt } = version.relations(path);
  document.href = href;
  if (actionsAt) document.actions = { link: actionsAt.with(href) };
  if (linksTo) document.link = linksTo.with(href);
  if (resource.inQuota) document['quota'] = quotaReference(call);
  resource.finish?.(document, entity, call, href);
  hide(document, version.protocol.shown?.[resource.element], call);
  return document;
}

/**
 * Takes out what documents of this kind have at times only. An engine's answer to a change is always whole
 * (AbstractBackendSubResource.performUpdate).
 */
function hide(document: Document, parts: readonly PartlyShown[] = [], { allContent, operation }: Call): void {
  for (const { members, allContent: ofAllContent = false, unlessStatus = [] } of parts) {
    const isShown = ofAllContent
      ? allContent || operation.kind === 'update'
      : !unlessStatus.includes(String(document['status']));
    // set, not deleted: an object that has lost a property is slow
    if (!isShown) for (const member of members) if (member in document) document[member] = undefined;
  }
}

interface Reference {
  readonly href: string;
  readonly id: string;
}
const quotas = new WeakMap<Call, Reference>();

/** The reference to the one quota, made once per request. */
function quotaReference(call: Call): Reference {
  const known = quotas.get(call);
  if (known) return known;
  const { id } = quotaOf(call.scope);
  const reference = { href: `${call.base}/datacenters/${inDataCenter(call.scope).id}/quotas/${id}`, id };
  quotas.set(call, reference);
  return reference;
}

interface InQuota {
  readonly quota?: Ref;
  readonly disk?: InQuota;
}

/** What the text of an item of a collection depends on, beside the entity; undefined if that is not known. */
export function stampOf<N extends object>(
  { variant, inQuota }: Resource<N>,
  call: Call,
  format: string,
): string | undefined {
  if (!variant) return undefined;
  const { version, base, path, allContent } = call;
  return [
    version.protocol.number,
    format,
    base,
    path,
    inQuota && quotaReference(call).id,
    allContent,
    variant(call),
  ].join(' ');
}

/**
 * The document without the one quota: naming it changes nothing. An attachment names that of its disk. Throws
 * `not-found.reference` for another.
 */
function withoutOwnQuota(document: Document & InQuota, call: Call): Document {
  const { quota, disk, ...rest } = document;
  if (!quota && !disk) return document;
  const own = quotaOf(call.scope);
  if (quota && (quota.id === undefined ? quota.name !== undefined && quota.name !== own.name : quota.id !== own.id))
    throw missingReference('Quota', quota);
  return { ...rest, ...(disk && { disk: withoutOwnQuota(disk as Document, call) }) };
}

/**
 * The entity of a client's document. What the mapping refuses is refused; what it or the schema does not know
 * (`unknown`) is reported. Throws `unsupported`, `request.value`, in strict mode `request.unknown-content`.
 */
export function takeIn<N extends object>(
  resource: Resource<N>,
  document: Document,
  call: Call,
  unknown: readonly string[],
): Partial<N> {
  const { value, lost } = mapped(resource, withoutOwnQuota(document, call), call);
  refuseLost(call.operation.title, call.scope, lost);
  call.ignore([...unknownContent(unknown), ...lost]);
  return resource.read?.(value, document) ?? value;
}

function mapped<N extends object>(
  { table }: Resource<N>,
  document: Document,
  { base, version }: Call,
): Mapped<Partial<N>> {
  try {
    return version.binding(table).in(document, { base });
  } catch (error) {
    if (error instanceof MappingError) throw new Fault('request.value', { text: error.message }, { cause: error });
    throw error;
  }
}

/** The id in the address of a creation's progress: the same on every replica. */
export const creationId = (id: string): string => nameId('creation', id);

/**
 * Marks a document as one whose creation continues, with the address of its progress (docs/reference/ovirt.md, section
 * 9).
 */
export function pending(document: Document, { version }: Call): Document {
  const creation = {
    href: `${document.href}/creation_status/${creationId(document.id ?? '')}`,
    rel: 'creation_status',
  };
  document.creation_status = version.state('pending');
  document.link = [...(document.link ?? []), creation];
  return document;
}

/** The address of a collection from that of an item. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
