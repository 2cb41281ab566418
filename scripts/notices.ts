import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { packageRoot } from '../src/settings/index.js';

/** `npm run notices`: THIRD-PARTY-NOTICES.md from the licences of what package-lock.json installs for production. */
interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

const lock = JSON.parse(readFileSync(`${packageRoot}package-lock.json`, 'utf8')) as {
  readonly packages: Readonly<Record<string, Entry>>;
};

const textOf = (folder: string): string => {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
  return file === undefined ? '(The package holds no text of its licence.)' : readFileSync(`${folder}/${file}`, 'utf8');
};

const packages = Object.entries(lock.packages)
  .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
  .filter(([path]) => existsSync(`${packageRoot}${path}`))
  .map(([path, { version = '', license = 'unknown' }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version,
    license,
    text: textOf(`${packageRoot}${path}`).trim(),
  }))
  .sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'));

const sections = packages.map(
  ({ name, version, license, text }) => `## ${name} ${version}\n\n${license}\n\n\`\`\`\n${text}\n\`\`\`\n`,
);
writeFileSync(
  `${packageRoot}THIRD-PARTY-NOTICES.md`,
  `# Third-party notices\n\nThe packages that the gateway runs with, and their licences. Made by \`npm run notices\`.\n\n${sections.join('\n')}`,
);
process.stdout.write(`${packages.length} packages\n`);
