/** What the code's own logic says cannot be: a fault of the program, never of a client or a cloud. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/**
 * The value, which must be there by the logic of the code around the call: `what` names it for the log.
 * @throws BrokenInvariant when it is not
 */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new BrokenInvariant(`${what} is missing`);
  return value;
}

/**
 * The first item of a list that has one, as `required`.
 * @throws BrokenInvariant for an empty list
 */
export const firstOf = <T>(items: Iterable<T>, what: string): T => {
  for (const item of items) return item;
  throw new BrokenInvariant(`${what}: none`);
};
