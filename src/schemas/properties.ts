import { stepInto } from './pointer.js';
import { sides, type Side } from './rows.js';
import type { Located, Problem, Row, Table } from './schema.js';
import type { Schemas } from './store.js';

const ENTITIES = 'model/entities.json';

/**
 * Properties of entities that nothing sets or nothing reads. An inbound row sets a property, an outbound row reads it;
 * where code does, the property says so: `x-set-by` and `x-read-by` name the layer below src/. A property that is meant
 * to stay unset or unread says why: `x-unset`, `x-unread`.
 */
export function checkProperties(schemas: Schemas): Problem[] {
  const set = new Set<string>();
  const read = new Set<string>();
  for (const side of sides(schemas))
    for (const table of tablesOf(schemas, side))
      for (const row of table.rows) {
        for (const { way, property } of touched(schemas, table, row)) (way === 'in' ? set : read).add(property);
      }
  return schemas.files('model').includes(ENTITIES)
    ? schemas.definitions('model').flatMap((at) => lacking(at, set, read))
    : [];
}

const tablesOf = (schemas: Schemas, side: Side): Table[] =>
  schemas.files(side.tables).map((file) => schemas.documents.get(file) as Table);

function lacking({ file, name, schema }: Located, set: ReadonlySet<string>, read: ReadonlySet<string>): Problem[] {
  if (file !== ENTITIES) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([property, held]) => {
    const at = `${name}.${property}`;
    const problem = (message: string): Problem => ({ file, field: at, message });
    const setBy = held['x-set-by'] ?? held['x-unset'] ?? schema['x-set-by'];
    const readBy = held['x-read-by'] ?? held['x-unread'] ?? schema['x-read-by'];
    return [
      ...(set.has(at) || setBy !== undefined
        ? []
        : [problem('nothing sets it: no row brings it in, and there is no x-set-by')]),
      ...(read.has(at) || readBy !== undefined
        ? []
        : [problem('nothing reads it: no row takes it out, and there is no x-read-by')]),
    ];
  });
}

/** The properties that a row sets (`in`) and reads (`out`): each along its path, and those that its address names. */
function touched(schemas: Schemas, table: Table, row: Row): { way: 'in' | 'out'; property: string }[] {
  const { model, direction = 'both', href } = row;
  const ways = direction === 'both' ? (['in', 'out'] as const) : [direction];
  const named = [...(href ?? '').matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  return [
    ...(model === undefined ? [] : along(schemas, table.model, model)).flatMap((property) =>
      ways.map((way) => ({ way, property })),
    ),
    ...named
      .flatMap((name) => along(schemas, table.model, name))
      .map((property) => ({ way: 'out' as const, property })),
  ];
}

/** `guest.timezone` of a Vm: `Vm.guest`, `GuestSetup.timezone`. */
function along(schemas: Schemas, entity: string, path: string): string[] {
  let at = schemas.reference(`#/$defs/${entity}`, ENTITIES);
  const found: string[] = [];
  for (const step of path.split('.')) {
    const holder = at && schemas.target(at);
    if (!holder) break;
    if (holder.name !== undefined) found.push(`${holder.name}.${step}`);
    at = stepInto(schemas, holder, step)?.to;
  }
  return found;
}

/**
 * What one version's tables map and the next version's neither map nor declare as left out. A version with a `base`
 * follows that one.
 */
export function checkSuccessors(schemas: Schemas): Problem[] {
  const versions = schemas.versions();
  return versions.slice(1).flatMap((version, index) => {
    const protocolOf = (name: string): { readonly number?: string; readonly base?: string } =>
      schemas.documents.get(`ovirt/${name}/protocol.json`) ?? {};
    const { base } = protocolOf(version);
    const former = versions.find((one) => base !== undefined && protocolOf(one).number === base) ?? versions[index];
    const before = byName(schemas, former ?? version);
    const after = byName(schemas, version);
    return [...before].flatMap(([name, { table }]) => {
      const successor = after.get(name);
      if (!successor) return [{ file: `ovirt/${version}`, message: `there is no table ${name}, which ${former} has` }];
      return lost(table, successor.table).map((message) => ({ file: successor.file, field: 'rows', message }));
    });
  });
}

function byName(schemas: Schemas, version: string): Map<string, { readonly file: string; readonly table: Table }> {
  const folder = `ovirt/${version}/mapping`;
  return new Map(
    schemas.files(folder).map((file) => {
      const table = schemas.documents.get(file) as Table;
      return [table.name, { file, table }];
    }),
  );
}

const WAYS = { in: 'brings in', out: 'takes out' } as const;

function lost(before: Table, after: Table): string[] {
  const without = after.without ?? {};
  const [then, now] = [directionsOf(before), directionsOf(after)];
  return [
    ...[...then]
      .filter((key) => !now.has(key) && without[key.slice(key.indexOf(' ') + 1)] === undefined)
      .map((key) => {
        const [way, model] = key.split(' ') as ['in' | 'out', string];
        return `no row ${WAYS[way]} ${model}, as the version before does; say why under "without"`;
      }),
    ...Object.keys(without)
      .filter((model) =>
        (['in', 'out'] as const).every((way) => !then.has(`${way} ${model}`) || now.has(`${way} ${model}`)),
      )
      .map((model) => `"without" names ${model}, of which nothing is missing`),
  ];
}

/** `in sizeBytes`, `out sizeBytes`. */
const directionsOf = ({ rows }: Table): Set<string> =>
  new Set(
    rows.flatMap(({ model, direction = 'both' }) =>
      model === undefined
        ? []
        : (direction === 'both' ? ['in', 'out'] : [direction]).map((way) => `${way} ${model.replace(/\.\d+$/, '')}`),
    ),
  );
