/**
 * Marks of work under way, in the names of volumes and network interfaces: Power Virtual Server keeps no key-value data
 * with them, and a name is all that can be changed later (docs/reference/power.md, 4.6). So a gateway that finds
 * `data.ovirt-remove-active.<id of the VM>` knows what to finish. Clients see the name alone. A mark lasts as long as
 * its work.
 */
export interface Marked {
  /** As clients see it. */
  readonly name: string;
  /** Absent where there is no mark. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** Notes that are either there or not. */
const FLAGS = ['boot', 'bootable'] as const;

const MARK = /^(.*)\.ovirt-([a-z]+(?:-[a-z]+)*)\.([0-9a-f-]{36})((?:\.(?:boot|bootable))*)$/;

/** Takes a name of the cloud's apart. */
export function unmarked(name: string): Marked {
  const [, plain = '', pending = '', vm = '', flags = ''] = MARK.exec(name) ?? [];
  if (pending === '') return { name };
  const set = flags.split('.').filter((flag) => flag !== '');
  return { name: plain, notes: { pending, vm, ...Object.fromEntries(set.map((flag) => [flag, 'true'])) } };
}

/** The name in the cloud: with a mark while work of a VM is pending, else as it is. */
export function marked(name: string, { pending, vm, ...notes }: Readonly<Record<string, string>>): string {
  if (pending === undefined || vm === undefined) return name;
  return [name, `ovirt-${pending}`, vm, ...FLAGS.filter((flag) => notes[flag] === 'true')].join('.');
}

/** What this process has last seen of the marks of things, by id. */
export type Marks = Map<string, Marked>;
