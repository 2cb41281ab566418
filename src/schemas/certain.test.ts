import { expect, test } from 'vitest';
import { checkCertain } from './certain.js';
import { Schemas } from './store.js';

const text = { type: 'string' };

test.each([
  ['that the body has', [{ model: 'name', other: '/name' }], ['name'], []],
  ['that the body may lack', [{ model: 'name', other: '/name' }], [], ['name']],
  [
    'that another row makes up for',
    [
      { model: 'name', other: '/id' },
      { model: 'name', other: '/name' },
    ],
    [],
    [],
  ],
  ['that a reason makes certain', [{ model: 'name', other: '/name', certain: 'nameless ones are left out' }], [], []],
  ['that goes out only', [{ model: 'name', other: '/name', direction: 'out' }], [], []],
  [
    'with cases for anything',
    [
      {
        model: 'name',
        other: ['/name'],
        cases: [
          ['a', 'b'],
          ['*', 'c'],
        ],
      },
    ],
    [],
    [],
  ],
  ['with cases for some', [{ model: 'name', other: ['/name'], cases: [['a', 'b']] }], ['name'], ['name']],
  ['that no row brings in', [], [], []],
])('a required property %s', (_, rows, required, expected) => {
  const schemas = new Schemas(
    new Map<string, unknown>([
      ['model/entities.json', { $defs: { Disk: { type: 'object', required: ['name'], properties: { name: text } } } }],
      ['cloud/calls.json', { calls: [] }],
      [
        'cloud/volumes.json',
        { $defs: { Volume: { type: 'object', required: ['id', ...required], properties: { id: text, name: text } } } },
      ],
      ['mapping/cloud/disk.json', { name: 'disk', model: 'Disk', other: 'volumes.json#/$defs/Volume', rows }],
    ]),
  );
  expect(checkCertain(schemas).map(({ field }) => field)).toEqual(expected);
});
