import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type * as Jose from 'jose';
import { firstOf } from '../../invariant.js';

/** Loaded for the first session: its 46 files are 6 % of the CPU of a start, and 8 MiB. */
const jose = async (): Promise<Pick<typeof Jose, 'CompactEncrypt' | 'compactDecrypt' | 'errors'>> => import('jose');

/**
 * RFC 7518: the key itself encrypts (`dir`, 4.5), with AES in Galois counter mode (5.3). Deflated before (RFC 7516,
 * 4.1.3): an id is half as long.
 */
const HEADER = { alg: 'dir', enc: 'A256GCM', zip: 'DEF' } as const;

interface Key {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * Seals values into tokens (JWE, RFC 7516) that only a holder of the secret can read or make. The first secret seals,
 * every secret opens: put a new one before the old. Without secrets a random one is made, which no other process knows.
 */
export class Seal {
  readonly #own: Key;
  readonly #keys: readonly Key[];

  /** A token sealed for one purpose cannot be opened for another. */
  constructor(secrets: readonly string[], purpose = 'ovirt session') {
    this.#keys = (secrets.length > 0 ? secrets : [randomBytes(32).toString('hex')]).map((secret) =>
      keyOf(secret, purpose),
    );
    this.#own = firstOf(this.#keys, 'the keys of sessions');
  }

  async close(value: object): Promise<string> {
    const { id, bytes } = this.#own;
    const { CompactEncrypt } = await jose();
    return new CompactEncrypt(Buffer.from(JSON.stringify(value)))
      .setProtectedHeader({ ...HEADER, kid: id })
      .encrypt(bytes);
  }

  /** The sealed value; undefined for any other token. */
  async open(token: string): Promise<unknown> {
    const { compactDecrypt, errors } = await jose();
    const keyFor = ({ kid }: { kid?: string }): Uint8Array =>
      (this.#keys.find(({ id }) => id === kid) ?? this.#own).bytes;
    try {
      const { plaintext } = await compactDecrypt(token, keyFor, {
        keyManagementAlgorithms: [HEADER.alg],
        contentEncryptionAlgorithms: [HEADER.enc],
      });
      return JSON.parse(Buffer.from(plaintext).toString('utf8')) as unknown;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** A secret is any text; the key of 256 bits comes from it by HKDF (RFC 5869). Its id reveals nothing of it. */
function keyOf(secret: string, purpose: string): Key {
  const bytes = new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32));
  return { bytes, id: createHash('sha256').update(bytes).digest('base64url').slice(0, 8) };
}
