import type { Template } from '../../model/index.js';
import type { Scope } from '../context.js';
import { otherSystem } from '../other-system.js';
import { warnOf } from '../notes/bad-notes.js';
import { readNote, type OnBadNote } from '../notes/notes.js';
import { unlessGone } from '../work/wait.js';

/** The version name of a base without one, as in engines. */
export const BASE_NAME = 'base version';

/** Properties of a template that an image has no field for. */
export type TemplateFacts = NonNullable<ReturnType<typeof factsOf>>;

/**
 * The facts in an image's property. An export has those of the image that its VM was made from, copied by the cloud:
 * they are ignored.
 */
export const factsOf = ({ factsNote, exported }: Pick<Template, 'factsNote' | 'exported'>, bad?: OnBadNote) =>
  exported ? undefined : readNote('TemplateFacts', factsNote || undefined, bad);

type Size = Pick<Template, 'memoryBytes' | 'sockets' | 'cores' | 'threads'>;

/** The size that is noted for VMs made from the template, which has that of its own VM, as in engines. */
export const sizeOf = ({ memoryBytes, sockets, cores, threads }: Size): Size =>
  Object.fromEntries(
    Object.entries({ memoryBytes, sockets, cores, threads }).filter(([, value]) => value !== undefined),
  );

/** The image with the size that is noted for it. */
export const withSize = (image: Template): Template => ({ ...image, ...sizeOf(factsOf(image) ?? {}) });

/** The property's text; empty for no facts. */
export const textOf = (facts: TemplateFacts): string => (Object.keys(facts).length > 0 ? JSON.stringify(facts) : '');

/** The images with their facts. A cluster or base that is gone is left out. No call but for clusters. */
export async function withFacts(scope: Scope, images: readonly Template[]): Promise<Template[]> {
  const ids = new Set(images.map(({ id }) => id));
  return complete(scope, images, async (base) => ids.has(base));
}

/** Like `withFacts`, for one image; the base of a version costs a call. */
export async function withFactsOfOne(scope: Scope, image: Template): Promise<Template> {
  const isThere = async (base: string): Promise<boolean> =>
    (await unlessGone(scope.session.inventory.template(base))) !== undefined;
  const [one = image] = await complete(scope, [image], isThere);
  return one;
}

async function complete(
  scope: Scope,
  images: readonly Template[],
  isThere: (base: string) => Promise<boolean>,
): Promise<Template[]> {
  const facts = images.map((image) => factsOf(image, warnOf(scope, `image ${image.id}`, 'facts')));
  const clusters = facts.some((one) => one?.cluster !== undefined) ? await scope.session.inventory.clusters() : [];
  return Promise.all(
    images.map(async (image, index) => {
      const { cluster, base, number, name } = facts[index] ?? {};
      return {
        ...withSize(image),
        osType: image.osType ?? otherSystem(image.architecture),
        ...(clusters.some(({ id }) => id === cluster) && { cluster: { id: cluster } }),
        ...(number !== undefined && { versionNumber: number }),
        ...(name !== undefined && { versionName: name }),
        ...(base !== undefined && (await isThere(base)) && { baseTemplate: { id: base } }),
      };
    }),
  );
}

/** The versions of a base, without itself. */
export const versionsOf = (baseId: string, all: readonly Template[]): Template[] =>
  all.filter(({ id, baseTemplate }) => baseTemplate?.id === baseId && id !== baseId);

/** The newest version of a template's base, or of the template itself. */
export function latestOf(template: Template, all: readonly Template[]): Template {
  const baseId = template.baseTemplate?.id ?? template.id;
  const usable = versionsOf(baseId, all).filter(({ status }) => status === 'ok');
  return usable.reduce((best, one) => ((one.versionNumber ?? 1) > (best.versionNumber ?? 1) ? one : best), template);
}
