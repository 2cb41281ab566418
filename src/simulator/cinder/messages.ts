import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import { nextLink, page } from '../paging.js';
import { refuse } from '../refusal.js';
import { noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Kept, Volume } from '../world/types.js';
import type { World } from '../world/world.js';

const DAYS = 24 * 3600 * 1000;

/** Tells the project that no back end could take the volume. */
export function tellUnplaced(world: World, volume: Volume): void {
  world.add('messages', {
    id: world.random.uuid(),
    project_id: volume.project_id,
    resource_type: 'VOLUME',
    resource_uuid: volume.id,
    event_id: 'VOLUME_VOLUME_001_002',
    user_message: 'schedule allocate volume:Could not find any available weighted backend.',
    message_level: 'ERROR',
    request_id: `req-${world.random.uuid()}`,
    created_at: naive(world.clock.stamp()),
    guaranteed_until: naive(new Date(world.clock.now() + 30 * DAYS).toISOString()),
  });
}

const body = (call: SimulatedCall, { project_id, ...message }: Kept): JsonObject => ({
  ...message,
  links: [
    { rel: 'self', href: `${call.base}/volume/v3/${String(project_id)}/messages/${message.id}` },
    { rel: 'bookmark', href: `${call.base}/volume/${String(project_id)}/messages/${message.id}` },
  ],
});

/** The project's own; messages are since 3.3. */
function own(call: SimulatedCall, world: World): Kept[] {
  if (call.version < 3) throw refuse.unknown();
  return [...world.messages.values()].filter(
    ({ project_id }) => project_id === call.token.projectId || call.token.roles.includes('admin'),
  );
}

function find(call: SimulatedCall, world: World): Kept {
  const id = call.params.message ?? '';
  const found = own(call, world).find((message) => message.id === id);
  if (found === undefined) throw refuse.notFound('Message', id);
  return found;
}

const FILTERS = ['resource_uuid', 'resource_type', 'event_id', 'message_level', 'request_id'];

function list(call: SimulatedCall, world: World): Answer {
  const found = own(call, world).filter((message) =>
    FILTERS.every((key) => (call.query.get(key) ?? message[key]) === message[key]),
  );
  const paging = {
    id: ({ id }: Kept) => id,
    max: world.settings.pageLimit,
    badMarker: (marker: string) => refuse.notFound('Message', marker),
  };
  const some = page(found.toReversed(), call.query, paging);
  return ok({
    messages: some.items.map((message) => body(call, message)),
    ...nextLink(call, 'messages', some, paging),
  });
}

/** What Cinder tells of work that failed after it was accepted. */
export const messageRoutes: readonly Route[] = [
  route('GET', '/messages', 'message:get_all', list),
  route('GET', '/messages/{message}', 'message:get', (call, world) => ok({ message: body(call, find(call, world)) })),
  route('DELETE', '/messages/{message}', 'message:delete', (call, world) => {
    world.messages.delete(find(call, world).id);
    return noContent;
  }),
];
