import { createHash, randomInt } from 'node:crypto';

/**
 * SHA-512 crypt (`$6$`), as /etc/shadow has it: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", version 0.6.
 */

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 5000;

const sha512 = (...parts: readonly Buffer[]): Buffer => createHash('sha512').update(Buffer.concat(parts)).digest();

/** `length` bytes of `block`, again and again. */
const stretched = (block: Buffer, length: number): Buffer => Buffer.alloc(length, block);

const newSalt = (): string => Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** The hash of a password, with a salt of its own unless one is given (at most 16 of `./0-9A-Za-z`). */
export function hashed(password: string, salt = newSalt()): string {
  const key = Buffer.from(password, 'utf8');
  const seed = Buffer.from(salt, 'utf8');
  const alternate = sha512(key, seed, key);
  const bits: Buffer[] = [];
  for (let length = key.length; length > 0; length >>= 1) bits.push(length & 1 ? alternate : key);
  let digest = sha512(key, seed, key.length > 0 ? stretched(alternate, key.length) : Buffer.alloc(0), ...bits);

  const empty = Buffer.alloc(0);
  const p = key.length > 0 ? stretched(sha512(...Array.from({ length: key.length }, () => key)), key.length) : empty;
  const s = stretched(sha512(...Array.from({ length: 16 + digest.readUInt8(0) }, () => seed)), seed.length);
  for (let round = 0; round < ROUNDS; round += 1) {
    const odd = round % 2 === 1;
    digest = sha512(odd ? p : digest, round % 3 ? s : empty, round % 7 ? p : empty, odd ? digest : p);
  }
  return `$6$${salt}$${encoded(digest)}`;
}

/** The digest's bytes in the order of crypt: 21 groups of three, each 24 bits, and the last byte. */
function encoded(digest: Buffer): string {
  let text = '';
  const write = (value: number, count: number): void => {
    for (let left = value, n = count; n > 0; n -= 1, left >>= 6) text += ALPHABET[left & 63];
  };
  let order: readonly [number, number, number] = [0, 21, 42];
  for (let group = 0; group < 21; group += 1) {
    const [a, b, c] = order;
    write((digest.readUInt8(a) << 16) | (digest.readUInt8(b) << 8) | digest.readUInt8(c), 4);
    order = [b + 1, c + 1, a + 1];
  }
  write(digest.readUInt8(63), 2);
  return text;
}
