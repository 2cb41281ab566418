import { createGenerator } from 'ts-json-schema-generator';
import { packageRoot } from './documents.js';

/** The schemas of inventories and of fault rules, made from the types that the simulators read them as. */
const sources = [
  {
    file: 'inventory',
    path: 'src/simulator/world/types/inventory.ts',
    type: 'Inventory',
    title: 'What a simulated PowerVC or OpenStack holds',
  },
  {
    file: 'powervs-inventory',
    path: 'src/simulator/powervs/types.ts',
    type: 'Inventory',
    title: 'What a simulated Power Virtual Server holds',
  },
  {
    file: 'fault-rule',
    path: 'src/simulator/faults.ts',
    type: 'FaultRule',
    title: 'A rule that makes calls or running work fail',
  },
] as const;

type Schema = Readonly<Record<string, unknown>>;

function schemaOf(path: string, type: string): Schema {
  const generator = createGenerator({
    path: packageRoot + path,
    tsconfig: `${packageRoot}tsconfig.json`,
    type,
    skipTypeCheck: true,
    topRef: false,
    additionalProperties: false,
    encodeRefs: false,
    sortProps: false,
  });
  return generator.createSchema(type) as Schema;
}

/** `Seed<Server,("id"|"name")>` → `Server`, where no other definition has that name. */
function named(text: string): string {
  const names = new Map<string, string>();
  const definitions = (JSON.parse(text) as { definitions?: Schema }).definitions ?? {};
  for (const long of Object.keys(definitions)) {
    const short = /(\w+)(?=[,>(])/.exec(long.replace(/^(Seed|Partial|Pick|Omit)</, ''))?.[1];
    if (short !== undefined && /[<(]|^(structure|alias)-/.test(long))
      names.set(
        long,
        Object.hasOwn(definitions, short) || [...names.values()].includes(short) ? `Seed${short}${names.size}` : short,
      );
  }
  let result = text;
  for (const [long, short] of names)
    result = result
      .replaceAll(JSON.stringify(long), JSON.stringify(short))
      .replaceAll(JSON.stringify(`#/definitions/${long}`), JSON.stringify(`#/definitions/${short}`));
  return result;
}

/** Each file below schemas/simulator with its text. */
export const inventorySchemas = (): ReadonlyMap<string, string> => {
  const rule = schemaOf(sources[2].path, sources[2].type);
  return new Map(
    sources.map(({ file, path, type, title }) => {
      const {
        $schema: _draft,
        definitions,
        properties,
        ...rest
      } = JSON.parse(named(JSON.stringify(schemaOf(path, type)))) as Schema;
      const own =
        file === 'fault-rule' ? {} : { faults: { type: 'array', items: { $ref: '#/definitions/FaultRule' } } };
      const { definitions: ofRule = {}, $schema: _, ...faultRule } = rule;
      const schema = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title,
        ...rest,
        properties: { ...(properties as Schema), ...own },
        definitions: {
          ...(definitions as Schema | undefined),
          ...(file === 'fault-rule' ? {} : { ...(ofRule as Schema), FaultRule: faultRule }),
        },
      };
      const text = JSON.stringify(schema, null, 1)
        .replaceAll('"definitions":', '"$defs":')
        .replaceAll('"#/definitions/', '"#/$defs/');
      return [`schemas/simulator/${file}.json`, `${text}\n`];
    }),
  );
};
