import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

/**
 * Builds dist/ unless it is newer than every source, so that `npm start` compiles nothing twice. Types are not checked:
 * `npm test` and `npm run build` do that.
 *
 * dist/ holds few files, libraries among them, for Node.js took half of the start to find, read and link six hundred:
 * 0.74 s of CPU until ready became 0.38, and 118 MiB 98, side by side. What is imported on demand remains in files of
 * its own. xmlbuilder2 is not among them: it is required when it is first used.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
/** Where src/console/app.ts finds what a browser loads. */
const PAGES = join('parts', 'page');
const BUILT = join(dist, '.built');
/** @param {string} file */
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.test)\.[jt]s$/.test(file))
  .map((file) => join('src', file));
const newest = Math.max(
  ...[...sources, 'scripts/build.mjs', 'tsconfig.json', 'package-lock.json'].map((file) => modified(join(root, file))),
);

/**
 * The generated checks of documents are a megabyte each as ajv writes them, and nobody reads them in a stack trace.
 *
 * @type {import('esbuild').Plugin}
 */
const smallChecks = {
  name: 'small checks',
  setup(builder) {
    builder.onLoad({ filter: /src\/generated\/.*(compiled|settings-check)\.js$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { minify: true });
      return { contents: code, loader: 'js' };
    });
  },
};

/**
 * Of undici, what calls to the cloud need. Its index loads everything else, too, such as caches, mocks, fetch and
 * WebSocket: 6 MiB.
 *
 * @type {import('esbuild').Plugin}
 */
const poolsOnly = {
  name: 'pools only',
  setup(builder) {
    builder.onResolve({ filter: /^undici$/ }, ({ importer }) =>
      importer.includes('/src/backends/http/') ? { path: 'pools', namespace: 'undici' } : undefined,
    );
    builder.onLoad({ filter: /^pools$/, namespace: 'undici' }, () => ({
      contents: `
        require('undici/lib/dispatcher/dispatcher').prototype.connect = require('undici/lib/api/api-connect');
        exports.Pool = require('undici/lib/dispatcher/pool');
        exports.EnvHttpProxyAgent = require('undici/lib/dispatcher/env-http-proxy-agent');`,
      resolveDir: root,
    }));
  },
};

if (modified(BUILT) < newest) {
  const began = new Date();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts', 'src/cli/healthcheck.ts'],
    outdir: 'dist',
    outbase: 'src',
    // as deep as the source: what is read at run time is found from there (src/settings/schema.ts)
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // V8 keeps a file with a character beyond Latin-1 at two bytes each: 4 MiB
    charset: 'ascii',
    sourcemap: true,
    sourcesContent: false,
    // THIRD-PARTY-NOTICES.md has the licences
    legalComments: 'none',
    // for libraries that are CommonJS
    banner: {
      js: "import { createRequire as requireIn } from 'node:module'; const require = requireIn(import.meta.url);",
    },
    plugins: [smallChecks, poolsOnly],
    metafile: true,
    logLevel: 'warning',
  });
  // Removed only now, for others may build at the same time. Hashes in names make their files the same as these.
  const kept = new Set(Object.keys(metafile.outputs));
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }))
    if (/\.(js|map)$/.test(file) && !file.startsWith(PAGES) && !kept.has(join('dist', file)))
      rmSync(join(dist, file), { force: true });
  cpSync(join(root, 'src/console/page'), join(dist, PAGES), {
    recursive: true,
    filter: (file) => !file.endsWith('.ts'),
  });
  writeFileSync(BUILT, `${began.toISOString()}\n`);
}
