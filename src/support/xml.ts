import { create } from 'xmlbuilder2';
import type { Matrix } from './matrix.js';
import type { Standing } from './standing.js';

/** The matrix as XML. It is no document of oVirt's; its names are those of the JSON form, in oVirt's spelling. */
export function matrixXml({ backends, operations, types }: Matrix): string {
  const on = (standings: Readonly<Record<string, Standing>>): object[] =>
    Object.entries(standings).map(([backend, { support, how }]) => ({ '@backend': backend, '@support': support, how }));
  return create({ version: '1.0', encoding: 'UTF-8', standalone: true })
    .ele({
      support: {
        backends: { backend: backends.map((name) => ({ '@name': name })) },
        operations: {
          operation: operations.map(
            ({
              name,
              method,
              path,
              since,
              versions,
              summary,
              parameters,
              required,
              reads,
              answers,
              faults,
              on: standings,
            }) => ({
              '@name': name,
              '@method': method,
              '@path': path,
              '@since': since,
              '@versions': versions.join(' '),
              summary,
              parameter: parameters,
              required,
              reads,
              answers,
              fault: faults,
              on: on(standings),
            }),
          ),
        },
        types: {
          type: types.map(({ name, version, element, fields }) => ({
            '@version': version,
            '@name': name,
            ...(element !== undefined && { '@element': element }),
            field: fields.map(({ field, answered, on: standings }) => ({
              '@name': field,
              '@answered': answered,
              on: on(standings),
            })),
          })),
        },
      },
    })
    .end({ prettyPrint: true, indent: '    ' })
    .concat('\n');
}
