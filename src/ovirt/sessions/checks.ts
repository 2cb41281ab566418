import type { BackendSession } from '../../model/index.js';

interface Check {
  readonly at: number;
  readonly isGood: Promise<boolean>;
  /** Once that was told. */
  told?: boolean;
}

/**
 * Whether the cloud still takes a login: it may have been ended through another replica, or its password changed, and
 * what the gateway answers by itself would not show it. Asked at most once in `everyMs` for each login; 0: never.
 */
export class Checks {
  readonly #checks = new WeakMap<BackendSession, Check>();

  constructor(
    private readonly everyMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** It was just made: it need not be asked. */
  made(session: BackendSession): void {
    this.#checks.set(session, { at: this.now(), isGood: Promise.resolve(true), told: true });
  }

  /** Whether it is good, and need not be asked now. */
  isKnownGood(session: BackendSession): boolean {
    if (this.everyMs === 0) return true;
    const known = this.#checks.get(session);
    return known?.told === true && this.now() - known.at < this.everyMs;
  }

  async isGood(session: BackendSession): Promise<boolean> {
    if (this.everyMs === 0) return true;
    const known = this.#checks.get(session);
    if (known && this.now() - known.at < this.everyMs) return known.isGood;
    const check: Check = { at: this.now(), isGood: session.check() };
    this.#checks.set(session, check);
    check.told = await check.isGood;
    return check.told;
  }
}
