import { describeSearches, operations } from '../../src/ovirt/index.js';
import { table } from './blocks.js';

/** What each collection can be searched by: from the tables in src/ovirt/search/tables. */
export const searchTables = (): string =>
  describeSearches(operations)
    .map(({ path, related, fields }) =>
      [
        `### \`${path}\``,
        ...(related.length > 0 ? [`Other objects: ${related.map((word) => `\`${word}\``).join(', ')}.`] : []),
        table(
          ['field', 'what it is', 'takes', 'compared with'],
          fields.map(({ name, about, takes, sorted }) => [
            `\`${name}\``,
            about,
            takes,
            sorted ? '= != < <= > >=' : '= !=',
          ]),
        ),
      ].join('\n\n'),
    )
    .join('\n\n');
