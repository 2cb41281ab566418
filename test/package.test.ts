import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot, settingsList } from '../src/settings/index.js';
import { runCli } from './support/cli.js';

interface Lock {
  readonly packages: Readonly<
    Record<string, { version?: string; dev?: boolean; optional?: boolean; hasInstallScript?: boolean; cpu?: string[] }>
  >;
}

const lock = JSON.parse(readFileSync(`${packageRoot}package-lock.json`, 'utf8')) as Lock;
const running = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);

describe('the package', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageRoot,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);

  it('holds what runs and its documents, and nothing else', () => {
    expect(
      // of the fixtures, the exchanges that conform sends
      paths.filter((path) =>
        /^(src|test|fixtures(?!\/exchanges\/(kit\.yaml|(v4\/)?[^/]+\.txt)$)|scripts|\.ci)\/|\.map$|\.d\.ts$|\.built$/.test(
          path,
        ),
      ),
    ).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'LICENSE', 'README.md', 'schemas/settings.json']));
  });

  it('holds every file that its documents link to', () => {
    const links = paths
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...readFileSync(packageRoot + path, 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(
          ([, link = '']) => ({
            path,
            link,
            target: join(dirname(path), link),
          }),
        ),
      );
    expect(links.length).toBeGreaterThan(50);
    expect(
      links
        .filter(({ target }) => !paths.some((path) => path === target || path.startsWith(`${target}/`)))
        .map(({ path, link }) => `${path}: ${link}`),
    ).toEqual([]);
  });

  it('runs without native modules, so that it runs on ppc64le as on amd64', () => {
    expect(running.length).toBeGreaterThan(20);
    expect(running.filter(([, { hasInstallScript, cpu }]) => hasInstallScript || cpu).map(([path]) => path)).toEqual(
      [],
    );
    expect(running.filter(([path]) => existsSync(`${packageRoot}${path}/binding.gyp`))).toEqual([]);
  });

  it('names the licence of every package that it runs with', () => {
    const notices = readFileSync(`${packageRoot}THIRD-PARTY-NOTICES.md`, 'utf8');
    const missing = running
      .filter(([path, { optional }]) => !optional && existsSync(packageRoot + path))
      .map(([path, { version }]) => `## ${path.slice(path.lastIndexOf('node_modules/') + 13)} ${version}\n`)
      .filter((heading) => !notices.includes(heading));
    expect(missing, 'npm run notices').toEqual([]);
  });

  it('has a bill of materials under its own name, with every package that it runs with and no other', () => {
    const bom = JSON.parse(
      execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: packageRoot, encoding: 'utf8' }),
    ) as {
      metadata: { component: { name: string } };
      components: { 'bom-ref': string; purl: string }[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    expect(bom.metadata.component.name).toBe('ovirt-powervc-gateway');
    expect(bom.components.map((one) => decodeURIComponent(one.purl)).sort()).toEqual(
      running
        .filter(([path, { optional }]) => !optional && existsSync(packageRoot + path))
        .map(([path, { version }]) => `pkg:npm/${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`)
        .sort(),
    );
    const refs = new Set(bom.dependencies.map(({ ref }) => ref));
    expect(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
  });
});

describe('gateway.example.yaml', () => {
  const text = readFileSync(`${packageRoot}gateway.example.yaml`, 'utf8');

  it('is YAML that sets nothing as it is', () => {
    expect(parse(text)).toBeNull();
  });

  it('names every setting, at its default', () => {
    const uncommented = text
      .split('\n')
      .slice(3)
      .map((line) => line.replace(/^# /, ''))
      .join('\n');
    const tree = parse(uncommented) as Record<string, unknown>;
    for (const { key, default: preset } of settingsList) {
      const value = key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], tree);
      expect(value, key).toEqual(preset ?? null);
    }
  });
});

describe('version and completion', () => {
  it('version prints the versions of the program and Node.js, and the platform', async () => {
    const { code, stdout } = await runCli(['version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ovirt-powervc-gateway \d+\.\d+\.\d+\S*, Node\.js \d+\.\d+\.\d+, \w+-\w+\n$/);
  });

  it('completion completes commands and their options in bash', async () => {
    const { stdout } = await runCli(['completion', 'bash']);
    const ask = (...words: string[]): string[] =>
      execFileSync(
        'bash',
        [
          '-c',
          `${stdout}\nCOMP_WORDS=(x ${words.join(' ')}); COMP_CWORD=${words.length}; _ovirt_powervc_gateway; echo "\${COMPREPLY[@]}"`,
        ],
        { encoding: 'utf8' },
      )
        .trim()
        .split(' ');
    expect(ask('sim')).toEqual(['simulate']);
    expect(ask('report', '--form')).toEqual(['--format']);
    expect(ask('report', '--format', "''")).toEqual(['text', 'json', 'csv']);
    expect(ask('--log-format', 'j')).toEqual(['json']);
    expect(ask('serve', '--backend', '=', 'power')).toEqual(['powervc', 'powervs']);
    expect(ask('support', '--support', 'left').join(' ')).toBe('left out');
    expect(ask('plan', '--output', `${packageRoot}package-l`)).toEqual([`${packageRoot}package-lock.json`]);
    expect(ask('serve', '--port', "''")).toEqual(['']);
    expect(ask('completion', 'z')).toEqual(['zsh']);
    expect(ask('help', 'rep')).toEqual(['report', 'replay']);
    expect((await runCli(['completion', 'fish'])).code).toBe(2);
  });
});
