import type { Exchange } from '../../../exchanges/index.js';
import { required } from '../../../invariant.js';
import { stateOf, type Bench } from '../bench.js';
import { profiles, type Check, type Profile } from '../check.js';
import { Differs, NotOffered } from '../outcomes.js';
import { documentOf, expectKept } from './expect.js';
import type { Kit, KitEntry } from './kit.js';
import { createRewriter, type Rewriter } from './rewrite.js';
import { createStage, type Stage } from './stage.js';

export { readKit, type Kit } from './kit.js';

const isRead = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/** The exchanges of the corpus as checks, for a profile and the endpoint's version. */
export function corpusChecks(bench: Bench, kit: Kit, profile: Profile): Check[] {
  const stage = createStage(bench);
  const level = profiles.indexOf(profile);
  return kit.entries
    .filter(({ api, profile: own }) => api === bench.version.number && profiles.indexOf(own) <= level)
    .map((entry, number) => checkOf(entry, kit, stage, number + 1));
}

function checkOf(entry: KitEntry, kit: Kit, stage: Stage, number: number): Check {
  const exchanges = kit.exchangesOf(entry);
  const [first] = exchanges;
  const title = (first?.notes ?? [])
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ')
    .trim();
  return {
    name: `exchange.${entry.name}`,
    title: title || `${first?.request.method ?? ''} ${first?.request.target ?? ''}`,
    source: `the corpus: fixtures/exchanges/${entry.name}.txt`,
    profile: entry.profile,
    api: entry.api,
    async run(bench) {
      const cast = await stage.castFor(entry);
      const rewriter = createRewriter(bench, cast, number);
      let changed = false;
      const missing: string[] = [];
      try {
        for (const exchange of exchanges) {
          missing.push(...(await play(bench, exchange, rewriter, changed)));
          changed ||= !isRead(exchange.request.method);
        }
      } finally {
        // one that is left open would hold its disk; one that has ended refuses
        for (const id of rewriter.transfers)
          await bench.ask('POST', `/imagetransfers/${id}/cancel`, { body: '<action/>' });
      }
      // all else of it was kept
      if (missing.length > 0) throw new NotOffered(`X-Ovirt-Ignored: ${[...new Set(missing)].join(', ')}`);
    },
  };
}

/**
 * Sends one request and holds the answer against the recorded one; work that is under way is waited for.
 * @returns what the endpoint says that it did not use
 */
async function play(
  bench: Bench,
  { request, answer }: Exchange,
  rewriter: Rewriter,
  changed: boolean,
): Promise<string[]> {
  const recorded = required(answer, 'the answer of an exchange');
  const { path, headers, body, anonymous } = await rewriter.request(request);
  const sent = body === '' ? undefined : body;
  const until = Date.now() + bench.options.patienceMs;
  const document = documentOf(request.body);
  let { method } = request;
  for (;;) {
    const now = await bench.ask(method, path, {
      headers,
      anonymous,
      ...(sent !== undefined && method === request.method && { body: sent }),
    });
    const isEarly = !isRead(request.method) && recorded.status < 400 && now.status === 409;
    try {
      const missing = expectKept(recorded, now, {
        version: bench.version,
        ...(document && { request: document }),
        value: (text, path) => rewriter.value(text, path),
        changed: changed && isRead(request.method),
      });
      const [old, other] = [documentOf(recorded.body), documentOf(now.body)];
      if (old && other) rewriter.learn(old, other);
      return missing;
    } catch (error) {
      // an engine extends a disk in the background (ExtendImageSizeCommand): the size is there when it is no longer locked
      const isUnderWay = request.method === 'PUT' && now.status === 200 && stateIn(now.body) === 'locked';
      const mayPass = isEarly || isUnderWay || (changed && isRead(request.method));
      if (!(error instanceof Differs) || !mayPass || Date.now() > until) throw reported(error, request.method, path);
      if (isUnderWay) method = 'GET';
      await bench.rest();
    }
  }
}

/** The state of the entity in a document; undefined if it has none. */
function stateIn(body: string): string | undefined {
  const root = documentOf(body);
  return root && stateOf(root);
}

/** A difference with the request that it is of. */
function reported(error: unknown, method: string, path: string): unknown {
  return error instanceof Differs ? new Differs(`${method} ${path}: ${error.expected}`, error.got) : error;
}
