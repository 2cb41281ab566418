import { posix } from 'node:path';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { keptPromise } from './scripts/lint/kept-promise.js';

/** What each layer under src/ must not import (DESIGN: imports run one way). */
const layers = {
  codec: ['mapping', 'model', 'services', 'backends', 'ovirt', 'simulator', 'cli', 'gateway*'],
  schemas: ['codec', 'model', 'services', 'backends', 'ovirt', 'simulator', 'cli', 'gateway*'],
  mapping: ['codec', 'model', 'services', 'backends', 'ovirt', 'simulator', 'cli', 'gateway*'],
  model: ['codec', 'services', 'backends', 'ovirt', 'simulator', 'cli', 'gateway*'],
  services: ['codec', 'transfers', 'backends', 'ovirt', 'simulator', 'cli', 'gateway*'],
  backends: ['codec', 'services', 'ovirt', 'simulator', 'cli', 'gateway*'],
  'backends/http': [
    'codec',
    'services',
    'ovirt',
    'simulator',
    'cli',
    'gateway*',
    'backends/openstack',
    'backends/powervc',
    'backends/powervs',
    'generated',
  ],
  'backends/openstack': [
    'codec',
    'services',
    'ovirt',
    'simulator',
    'cli',
    'gateway*',
    'backends/powervc',
    'backends/powervs',
    'generated/powervc',
    'generated/powervs',
  ],
  'backends/powervs': [
    'codec',
    'services',
    'ovirt',
    'simulator',
    'cli',
    'gateway*',
    'backends/openstack',
    'backends/powervc',
  ],
  transfers: ['codec', 'backends', 'ovirt', 'simulator', 'cli', 'gateway*'],
  ovirt: ['transfers', 'backends', 'simulator', 'cli', 'gateway*'],
  settings: [
    'codec',
    'mapping',
    'model',
    'services',
    'backends',
    'ovirt',
    'simulator',
    'telemetry',
    'exchanges',
    'cli',
    'gateway*',
  ],
  moving: ['services', 'backends', 'simulator', 'settings', 'telemetry', 'console', 'cli', 'gateway*'],
  support: ['codec', 'backends', 'simulator', 'settings', 'cli', 'gateway*'],
  telemetry: [
    'codec',
    'mapping',
    'model',
    'services',
    'backends',
    'ovirt',
    'simulator',
    'settings',
    'exchanges',
    'cli',
    'gateway*',
  ],
  exchanges: [
    'codec',
    'mapping',
    'model',
    'services',
    'backends',
    'ovirt',
    'simulator',
    'settings',
    'telemetry',
    'cli',
    'gateway*',
  ],
  gateway: ['codec', 'mapping', 'cli'],
  console: ['codec', 'mapping', 'backends', 'simulator', 'settings', 'telemetry', 'cli', 'gateway*'],
  simulator: ['codec', 'services', 'backends', 'ovirt', 'cli', 'gateway*'],
};

/** The folders of src/ovirt, from the ground up: each may import those before it. */
const floors = ['http', 'search', 'version', 'sessions', 'declare', 'entry', 'v3', 'v4', 'operations', 'serve'];
floors.forEach((floor, index) => {
  layers[`ovirt/${floor}`] = [...layers.ovirt, ...floors.slice(index + 1).map((above) => `ovirt/${above}`)];
});

/** How deep the folders of a layer go. */
const DEPTH = 4;

/** Relative imports differ by how deep a file lies in its layer, so each depth has its own patterns. */
const boundary = ([layer, banned]) =>
  Array.from({ length: DEPTH }, (_, depth) => {
    const folder = posix.join(layer, ...Array.from({ length: depth }, () => '*'));
    return {
      files: [`src/${folder}/*.ts`],
      rules: {
        '@typescript-eslint/no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: banned.flatMap((other) => {
                  const path = posix.relative(folder, other);
                  return [path, `${path}/**`, `${path}.js`];
                }),
                message: `src/${layer} must not know this layer (CONTRIBUTING.md, "Layers").`,
              },
            ],
          },
        ],
      },
    };
  });

export default tseslint.config(
  { ignores: ['dist/', 'src/generated/', 'node_modules/', 'coverage/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'scripts/lint/*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false, checkThenables: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { gateway: { rules: { 'kept-promise': keptPromise } } },
    rules: { 'gateway/kept-promise': 'error' },
  },
  {
    // A test ends with its process, and sees what failed.
    files: ['test/**', 'scripts/**', '**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      'gateway/kept-promise': 'off',
    },
  },
  { files: ['eslint.config.js', 'scripts/lint/*.js'], ...tseslint.configs.disableTypeChecked },
  {
    // the console's page runs in a browser
    files: ['src/console/page/*.js'],
    ...tseslint.configs.disableTypeChecked,
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      // there are no types here to find a promise by: `attempt` keeps it (src/console/page/dom.js)
      'no-void': 'error',
    },
    languageOptions: {
      globals: Object.fromEntries(
        [
          'CSS',
          'EventSource',
          'FormData',
          'URLSearchParams',
          'addEventListener',
          'document',
          'fetch',
          'location',
          'navigator',
          'requestAnimationFrame',
          'setInterval',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  ...Object.entries(layers).flatMap(boundary),
  {
    // what an operation does is declared without a document: an operation of two versions is one declaration
    files: ['http', 'search', 'version', 'declare', 'entry', 'operations', 'serve'].map(
      (folder) => `src/ovirt/${folder}/**/*.ts`,
    ),
    ignores: ['src/ovirt/serve/versions.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/generated/ovirt/**'],
              message: 'Ask the version of the request (src/ovirt/version/version.ts).',
            },
          ],
        },
      ],
    },
  },
);
