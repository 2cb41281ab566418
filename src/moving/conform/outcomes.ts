/** The endpoint's answer is not the expected one. */
export class Differs extends Error {
  constructor(
    readonly expected: string,
    readonly got: string,
  ) {
    super(`expected ${expected}, got ${got}`);
    this.name = 'Differs';
  }
}

/** The endpoint says that it does not support this. */
export class NotOffered extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotOffered';
  }
}

/** A prerequisite of the check is missing. */
export class NotRun extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotRun';
  }
}

/** @throws Differs unless the condition holds. */
export function expectThat(holds: boolean, expected: string, got: string): void {
  if (!holds) throw new Differs(expected, got.replace(/\s+/g, ' ').trim().slice(0, 500));
}
