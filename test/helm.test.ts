import { Ajv } from 'ajv';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadSettings, packageRoot, settingsList, type Settings } from '../src/settings/index.js';

const chart = `${packageRoot}deploy/helm/ovirt-powervc-gateway`;
const gocode = '/usr/share/gocode';
const hasGo =
  spawnSync('go', ['version']).status === 0 &&
  existsSync(`${gocode}/src/github.com/Masterminds/sprig`) &&
  existsSync(`${gocode}/src/gopkg.in/yaml.v3`);

interface Rendered {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
  readonly [key: string]: unknown;
}
interface Validated {
  validate(): void;
}
type Model = new (data: never) => Validated;

/** What each document is held against: the schemas of Kubernetes and of the Prometheus operator. */
const models = { ServiceAccount, ConfigMap, Secret, Service, Ingress, Deployment, PodDisruptionBudget, ServiceMonitor };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'helm-'));
  if (!hasGo) return;
  const environment = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: gocode,
    GOCACHE: join(folder, 'cache'),
    GOFLAGS: '',
  };
  const { status, stderr } = spawnSync(
    'go',
    ['build', '-o', join(folder, 'render'), `${packageRoot}test/support/render.go`],
    { env: environment, encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function render(values: object): { status: number | null; text: string; problem: string } {
  const { status, stdout, stderr } = spawnSync(join(folder, 'render'), [chart], {
    input: JSON.stringify(values),
    encoding: 'utf8',
  });
  return { status, text: stdout, problem: stderr };
}

function documents(values: object): Rendered[] {
  const { status, text, problem } = render(values);
  expect(status, problem).toBe(0);
  return parseAllDocuments(text.replace(/^--- # NOTES\.txt\n[\s\S]*?(?=^--- # )/m, '')).map(
    (document) => document.toJS() as Rendered,
  );
}

const secret = { sessionsSecret: 's'.repeat(40) };
const settings = { powervc: { authUrl: 'https://powervc.example.com:5000/v3' }, log: { level: 'warn' } };
const full = {
  settings,
  secret: { ...secret, variables: { OVIRT_GATEWAY_POWERVS_API_KEY: 'k' } },
  tls: { secretName: 'tls' },
  ca: { configMap: 'ca' },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  image: { digest: `sha256:${'0'.repeat(64)}`, pullSecrets: [{ name: 'registry' }] },
  nodeSelector: { 'kubernetes.io/arch': 'ppc64le' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  podAnnotations: { a: 'b' },
  service: { annotations: { c: 'd' } },
  ingress: {
    enabled: true,
    host: 'ovirt.example.com',
    className: 'nginx',
    annotations: { e: 'f' },
    tlsSecretName: 'host',
  },
};

it('the values keep to their schema, and a wrong one does not', () => {
  const schema = JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8')) as { $schema?: string };
  delete schema.$schema;
  const validate = new Ajv({ strict: false }).compile(schema);
  const defaults = parse(readFileSync(`${chart}/values.yaml`, 'utf8')) as object;
  for (const values of [defaults, { ...defaults, ...full }])
    expect(validate(values), JSON.stringify(validate.errors)).toBe(true);
  for (const wrong of [
    { replica: 2 },
    { replicas: 0 },
    { secret: { sessionsSecret: 'short' } },
    { image: { digest: 'x' } },
  ])
    expect(validate(wrong), JSON.stringify(wrong)).toBe(false);
});

const why = hasGo ? '' : ' (skipped: go and its libraries sprig and yaml.v3 are not installed)';
describe.skipIf(!hasGo)(`the chart${why}`, () => {
  it.each([
    ['with the least', { settings, secret }],
    ['with everything', full],
    [
      'with a Secret that is there',
      { settings, secret: { existing: 'mine' }, podDisruptionBudget: { enabled: false } },
    ],
  ])("%s keeps to Kubernetes' schemas", (_, values) => {
    for (const document of documents(values)) {
      const Model = models[document.kind as keyof typeof models] as unknown as Model | undefined;
      expect(Model, document.kind).toBeDefined();
      if (Model) new Model(document as never).validate();
    }
  });

  it('has what runs in production: two replicas, probes, a disruption budget, a monitor, one selector', () => {
    const all = documents(full);
    const of = (kind: string): Record<string, never> => all.find((one) => one.kind === kind)?.['spec'] as never;
    const { replicas, selector, template } = of('Deployment') as unknown as {
      replicas: number;
      selector: { matchLabels: object };
      template: {
        metadata: { labels: object };
        spec: {
          terminationGracePeriodSeconds: number;
          containers: { image: string; env: { name: string; value: string }[]; [probe: string]: unknown }[];
        };
      };
    };
    expect(replicas).toBe(2);
    const [container] = template.spec.containers;
    expect(container).toMatchObject({
      image: `ovirt-powervc-gateway@sha256:${'0'.repeat(64)}`,
      livenessProbe: { httpGet: { path: '/healthz', scheme: 'HTTPS' } },
      readinessProbe: { httpGet: { path: '/readyz', scheme: 'HTTPS' } },
      securityContext: { readOnlyRootFilesystem: true },
    });
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(of('Service')['selector']).toEqual(selector.matchLabels);
    expect(of('PodDisruptionBudget')['selector']).toEqual(selector);
    expect(of('ServiceMonitor')['selector']).toEqual(selector);
    const { server } = loadSettings({}).settings;
    expect(template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(server.drainMs + server.shutdownMs);
    const known = settingsList.flatMap(({ env, secret: isSecret }) =>
      isSecret ? [...env, ...env.map((name) => `${name}_FILE`)] : env,
    );
    const names = container?.env.map(({ name }) => name) ?? [];
    expect(names).toContain('OVIRT_GATEWAY_POWERVS_API_KEY_FILE');
    expect(names.filter((name) => name !== 'OVIRT_GATEWAY_CONFIG' && !known.includes(name))).toEqual([]);
  });

  it('gives the gateway a settings file that loads', () => {
    const config = documents(full).find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
    expect(parse(config['gateway.yaml'] ?? '') as Partial<Settings>).toEqual(settings);
  });

  it('leads from outside to the API, single sign-on, transfers and the certificate, and to nothing else', () => {
    const of = (values: object) =>
      documents(values).find(({ kind }) => kind === 'Ingress')?.['spec'] as {
        tls?: object[];
        rules: { host: string; http: { paths: { path: string }[] } }[];
      };
    const { tls, rules } = of(full);
    expect(tls).toEqual([{ hosts: ['ovirt.example.com'], secretName: 'host' }]);
    expect(rules.map(({ host, http: { paths } }) => [host, paths.map(({ path }) => path)])).toEqual([
      ['ovirt.example.com', ['/api', '/ovirt-engine', '/images', '/ca.crt']],
    ]);
    expect(of({ settings, secret })).toBeUndefined();
    expect(of({ settings, secret, ingress: { enabled: true, host: 'a.example.com' } }).tls).toBeUndefined();
    expect(render({ settings, secret, ingress: { enabled: true } })).toMatchObject({
      status: 1,
      problem: expect.stringContaining('ingress.host has to be given') as unknown,
    });
  });

  it('asks for the session secret that replicas share', () => {
    const { status, problem } = render({ settings });
    expect(status).toBe(1);
    expect(problem).toContain('secret.sessionsSecret (32 characters at least) or secret.existing has to be given');
  });
});
