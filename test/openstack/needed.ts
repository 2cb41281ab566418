type Item = Readonly<Record<string, unknown>>;

/**
 * The inventory with only those servers whose ids the text has, and what belongs to them: a server that boots from a
 * volume costs a small cloud more than all that an exchange asks of it. What belongs to no server stays.
 */
export function neededBy(text: string, inventory: Record<string, unknown>): Record<string, unknown> {
  const items = (kind: string): Item[] => (inventory[kind] ?? []) as Item[];
  const left = new Set(
    items('servers')
      .map(({ id }) => id)
      .filter((id) => !text.includes(String(id))),
  );
  const stays = ({ id, server_id: server, device_id: device, attachments = [] }: Item): boolean => {
    const owners = [server, device, ...(attachments as Item[]).map((one) => one['server_id'])].filter(Boolean);
    return text.includes(String(id)) || owners.length === 0 || owners.some((one) => !left.has(one));
  };
  return {
    ...inventory,
    servers: items('servers').filter(({ id }) => !left.has(id)),
    ...Object.fromEntries(
      ['volumes', 'ports', 'instanceSnapshots'].map((kind) => [kind, items(kind).filter((one) => stays(one))]),
    ),
  };
}
