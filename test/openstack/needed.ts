type Item = Readonly<Record<string, unknown>>;

/** The parts of servers, by kind. */
const PARTS = ['volumes', 'ports', 'instanceSnapshots'] as const;

/**
 * The inventory with only those servers that the text names, by their own id or that of a part, and what belongs to
 * them: a server that boots from a volume costs a small cloud more than all that an exchange asks of it. What belongs
 * to no server stays.
 */
export function neededBy(text: string, inventory: Record<string, unknown>): Record<string, unknown> {
  const items = (kind: string): Item[] => (inventory[kind] ?? []) as Item[];
  const isNamed = ({ id }: Item): boolean => text.includes(String(id));
  const needed = new Set([
    ...items('servers')
      .filter(isNamed)
      .map(({ id }) => id),
    ...PARTS.flatMap((kind) => items(kind).filter(isNamed)).flatMap(ownersOf),
  ]);
  const stays = (part: Item): boolean => {
    const owners = ownersOf(part);
    return owners.length === 0 || owners.some((one) => needed.has(one));
  };
  return {
    ...inventory,
    servers: items('servers').filter(({ id }) => needed.has(id)),
    ...Object.fromEntries(PARTS.map((kind) => [kind, items(kind).filter(stays)])),
  };
}

const ownersOf = ({ server_id: server, device_id: device, attachments = [] }: Item): readonly unknown[] =>
  [server, device, ...(attachments as Item[]).map((one) => one['server_id'])].filter(Boolean);
