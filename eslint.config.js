import { posix } from 'node:path';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { keptPromise } from './scripts/lint/kept-promise.js';

/** What puts the layers together: no layer may import it. */
const top = ['cli', 'gateway*'];
/** What the cloud's side must not know. */
const clouds = ['codec', 'services', 'ovirt', 'simulator', ...top];
/** The layers between a client and the cloud, which tools beside them must not know. */
const product = ['codec', 'mapping', 'model', 'services', 'backends', 'ovirt', 'simulator', ...top];

/** What each layer under src/ must not import (CONTRIBUTING.md, "Layers"): imports run one way. */
const layers = {
  codec: product.filter((layer) => layer !== 'codec'),
  schemas: product.filter((layer) => layer !== 'mapping'),
  mapping: product.filter((layer) => layer !== 'mapping'),
  model: product.filter((layer) => !['mapping', 'model'].includes(layer)),
  services: ['codec', 'transfers', 'backends', 'ovirt', 'simulator', ...top],
  backends: clouds,
  'backends/http': [...clouds, 'backends/openstack', 'backends/powervc', 'backends/powervs', 'generated'],
  'backends/openstack': [...clouds, 'backends/powervc', 'backends/powervs', 'generated/powervc', 'generated/powervs'],
  'backends/powervs': [...clouds, 'backends/openstack', 'backends/powervc'],
  transfers: ['codec', 'backends', 'ovirt', 'simulator', ...top],
  ovirt: ['transfers', 'backends', 'simulator', ...top],
  settings: [...product, 'telemetry', 'exchanges'],
  moving: ['services', 'backends', 'simulator', 'settings', 'telemetry', 'console', ...top],
  support: ['codec', 'backends', 'simulator', 'settings', ...top],
  telemetry: [...product, 'settings', 'exchanges'],
  exchanges: [...product, 'settings', 'telemetry'],
  gateway: ['codec', 'mapping', 'cli'],
  console: ['codec', 'mapping', 'backends', 'simulator', 'settings', 'telemetry', ...top],
  simulator: ['codec', 'services', 'backends', 'ovirt', ...top],
};

/** The folders of src/ovirt, bottom up: each may import those before it. */
const ovirtFolders = ['http', 'search', 'version', 'sessions', 'declare', 'entry', 'v3', 'v4', 'operations', 'serve'];
ovirtFolders.forEach((folder, index) => {
  layers[`ovirt/${folder}`] = [...layers.ovirt, ...ovirtFolders.slice(index + 1).map((above) => `ovirt/${above}`)];
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
