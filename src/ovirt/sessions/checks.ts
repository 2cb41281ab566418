import type { BackendSession } from '../../model/index.js';

interface Check {
  readonly at: number;
  readonly isGood: Promise<boolean>;
  /** The result, once it is known. */
  outcome?: boolean;
}

/**
 * Whether the cloud still accepts a login: another replica may have ended it, or its password may have changed, which
 * answers without a backend call would not show. Checked at most once in `everyMs` per login; 0: never.
 */
export class Checks {
  readonly #checks = new WeakMap<BackendSession, Check>();

  constructor(
    private readonly everyMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** The login was just made and needs no check. */
  made(session: BackendSession): void {
    this.#checks.set(session, { at: this.now(), isGood: Promise.resolve(true), outcome: true });
  }

  /** Whether the login was checked recently enough. */
  isKnownGood(session: BackendSession): boolean {
    if (this.everyMs === 0) return true;
    const known = this.#checks.get(session);
    return known?.outcome === true && this.now() - known.at < this.everyMs;
  }

  async isGood(session: BackendSession): Promise<boolean> {
    if (this.everyMs === 0) return true;
    const known = this.#checks.get(session);
    if (known && this.now() - known.at < this.everyMs) return known.isGood;
    const check: Check = { at: this.now(), isGood: session.check() };
    this.#checks.set(session, check);
    check.outcome = await check.isGood;
    return check.outcome;
  }
}
