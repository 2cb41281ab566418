import { supportedBackends } from '../../src/gateway/backends.js';
import { packageRoot, loadSettings } from '../../src/settings/index.js';
import { counts, readMatrix, supports, type Matrix } from '../../src/support/index.js';
import { table } from './blocks.js';

const matrix = (): Matrix => readMatrix(`${packageRoot}schemas`, supportedBackends(loadSettings().settings));

const code = (text: string): string => `\`${text}\``;

/** docs/support.md: the operations of each collection, then the fields of each type, as the settings are by default. */
export function supportBlocks(): { readonly operations: string; readonly fields: string } {
  const { backends, operations, types } = matrix();
  const collections = [...new Set(operations.map(({ collection }) => collection))];
  const cells = (on: Matrix['operations'][number]['on']): string[] =>
    backends.flatMap((backend) => [on[backend]?.support ?? '', on[backend]?.how ?? '']);
  return {
    operations: collections
      .map((collection) => {
        const rows = operations.filter((one) => one.collection === collection);
        return `### /${collection === 'api' ? '' : collection}\n\n${table(
          ['request', 'version', 'what', ...backends.flatMap((backend) => [backend, 'how, or why not'])],
          rows.map(({ method, path, versions, summary, on }) => [
            code(`${method} ${path}`),
            versions.join(', '),
            summary,
            ...cells(on),
          ]),
        )}`;
      })
      .join('\n\n'),
    fields: types
      .map(
        ({ name, version, element, fields }) =>
          `### Version ${version}: ${name}${element === undefined ? '' : `, ${code(`<${element}>`)}`}\n\n${table(
            ['field', 'answered', ...backends.flatMap((backend) => [`in a request: ${backend}`, 'how, or why not'])],
            fields.map(({ field, answered, on }) => [code(field), answered ? 'yes' : 'no', ...cells(on)]),
          )}`,
      )
      .join('\n\n'),
  };
}

/** One row for each collection: how many of its operations stand how. */
export function collectionsTable(): string {
  const { backends, operations } = matrix();
  const collections = [...new Set(operations.map(({ collection }) => collection))];
  const kinds = supports.filter((support) =>
    operations.some(({ on }) => backends.some((backend) => on[backend]?.support === support)),
  );
  return table(
    [
      'collection',
      ...backends.flatMap((backend) => kinds.map((kind) => (backends.length > 1 ? `${backend}: ${kind}` : kind))),
    ],
    collections.map((collection) => {
      const rows = operations.filter((one) => one.collection === collection);
      return [
        code(`/${collection === 'api' ? '' : collection}`),
        ...backends.flatMap((backend) => kinds.map((kind) => String(counts(rows, backend)[kind] || ''))),
      ];
    }),
  );
}
