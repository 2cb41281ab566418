import { EndpointError, type Endpoint } from '../endpoint/index.js';
import { namedIn, treeOf, type Named } from './leaves.js';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Collections whose items are found by name on the new side. */
const COLLECTIONS = [
  'vms',
  'clusters',
  'datacenters',
  'hosts',
  'networks',
  'storagedomains',
  'templates',
  'tags',
  'disks',
  'vnicprofiles',
  'roles',
  'users',
];

/** Ids on the old side → ids on the new side, of items with the same kind and name. */
export class IdMap {
  readonly #there = new Map<string, string>();
  readonly #ids = new Map<string, string>();

  constructor(private readonly nameOf: (name: string) => string = (name) => name) {}

  /** Reads what exists on the new side. What it does not list is not mapped. */
  async look(endpoint: Endpoint): Promise<void> {
    for (const collection of COLLECTIONS) {
      try {
        for await (const item of endpoint.items(`/${collection}`)) this.#found(namedIn(item)[0]);
      } catch (error) {
        if (!(error instanceof EndpointError)) throw error;
      }
    }
  }

  #found(thing: Named | undefined): void {
    if (thing?.name !== undefined) this.#there.set(`${thing.element} ${thing.name}`, thing.id);
  }

  /** Learns from the answers of both sides to the same request. */
  learn(old: string, root: string, now?: string): void {
    const [before, after] = [treeOf(old, root), now === undefined ? undefined : treeOf(now, root)];
    if (!before) return;
    const things = after ? namedIn(after) : [];
    const [first] = things;
    const [own] = namedIn(before);
    // the document itself: what was created has another id on each side
    if (first && own && first.element === own.element && first.name === this.#renamed(own.name))
      this.#ids.set(own.id, first.id);
    for (const { element, id, name } of namedIn(before)) {
      if (name === undefined || this.#ids.has(id)) continue;
      const renamed = this.#renamed(name) ?? name;
      const there =
        things.find((one) => one.element === element && one.name === renamed)?.id ??
        this.#there.get(`${element} ${renamed}`);
      if (there !== undefined) this.#ids.set(id, there);
    }
  }

  #renamed(name: string | undefined): string | undefined {
    return name === undefined ? undefined : this.nameOf(name);
  }

  /** Whether the new side is known to have what has this id on the old side. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** A text from the old side, with the ids of the new side. */
  mapped(text: string): string {
    return text.replace(ID, (id) => this.#ids.get(id) ?? this.#ids.get(id.toLowerCase()) ?? id);
  }
}
