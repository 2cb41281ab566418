import { X509Certificate } from 'node:crypto';
import { firstOf } from '../invariant.js';
import type { Log } from '../telemetry/index.js';
import { StartError } from './start-error.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** A certificate of the gateway, with its chain. */
export class Certificate {
  #chain: readonly X509Certificate[];
  #timer: NodeJS.Timeout | undefined;
  #warnedAt = -Infinity;
  #look: (() => void) | undefined;

  /** Takes PEM text, and the setting that it is from. @throws StartError for an invalid certificate */
  constructor(
    pem: string,
    private readonly setting: string,
  ) {
    this.#chain = chainOf(pem, setting);
  }

  /** Replaces the certificate, and warns at once if the new one expires soon, too. @throws StartError */
  replace(pem: string): void {
    this.#chain = chainOf(pem, this.setting);
    this.#warnedAt = -Infinity;
    this.#look?.();
  }

  get own(): X509Certificate {
    return firstOf(this.#chain, 'the certificate chain');
  }

  /** The last of the chain; the certificate itself if there is no chain. */
  get authority(): X509Certificate {
    return this.#chain.at(-1) ?? this.own;
  }

  /** When it expires, epoch milliseconds. */
  get endsAt(): number {
    return Date.parse(this.own.validTo);
  }

  /** Whole days until then; negative after it has expired. */
  daysLeft(): number {
    return Math.floor((this.endsAt - Date.now()) / DAY_MS);
  }

  /** From now on logs a warning once a day if it expires within so many days. `file`: where it is read from. */
  warn(log: Log, file: string | undefined, warnDays: number): void {
    const look = (): void => {
      const days = this.daysLeft();
      if (days > warnDays || Date.now() - this.#warnedAt < DAY_MS) return;
      this.#warnedAt = Date.now();
      const ends = new Date(this.endsAt).toISOString();
      log.warn(days < 0 ? 'the certificate has expired' : 'the certificate expires soon', {
        file,
        ends,
        days,
      });
    };
    this.#look = look;
    look();
    this.#timer = setInterval(look, HOUR_MS).unref();
  }

  /** Stops the warnings. */
  forget(): void {
    clearInterval(this.#timer);
  }
}

function chainOf(pem: string, setting: string): readonly X509Certificate[] {
  const chain = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((one) =>
    read(one, setting),
  );
  if (chain.length === 0) throw new StartError(`${setting} contains no certificate`);
  return chain;
}

function read(pem: string, setting: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new StartError(`${setting} contains an invalid certificate: ${(cause as Error).message}`, { cause });
  }
}
