import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { packageRoot } from '../src/settings/index.js';

/**
 * `npm run sbom`: a CycloneDX bill of materials by npm's own command, of what the gateway runs with.
 * `npm sbom --omit dev` also leaves out what both run time and development need, and npm names the component after the
 * folder.
 */
interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}
interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const isDevelopment = ({ properties = [] }: Component): boolean =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');

const { name } = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { readonly name: string };
const bom = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], {
    cwd: packageRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }),
) as Bom;

const components = bom.components.filter((component) => !isDevelopment(component));
const { component } = bom.metadata;
const kept = new Set([component, ...components].map((one) => one['bom-ref']));
const running: Bom = {
  ...bom,
  metadata: { ...bom.metadata, component: { ...component, name } },
  components,
  dependencies: bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) })),
};
process.stdout.write(`${JSON.stringify(running, null, 2)}\n`);
