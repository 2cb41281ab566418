/** The endpoint answers otherwise. */
export class Differs extends Error {
  constructor(
    readonly expected: string,
    readonly got: string,
  ) {
    super(`${expected} is expected; there came ${got}`);
    this.name = 'Differs';
  }
}

/** The endpoint has no such thing, and says so. */
export class NotOffered extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotOffered';
  }
}

/** What the check needs is not there. */
export class NotRun extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotRun';
  }
}

/** @throws Differs unless it is so. */
export function expectThat(holds: boolean, expected: string, got: string): void {
  if (!holds) throw new Differs(expected, got.replace(/\s+/g, ' ').trim().slice(0, 500));
}
