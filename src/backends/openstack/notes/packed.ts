import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Text in fewer characters, for fields whose length is counted in characters, not in bytes: compressed, with 14 bits in
 * each character from U+4E00. All of these are letters of three bytes in UTF-8, so that Nova's check of printable
 * characters (nova/api/validation/parameter_types.py) and MySQL's utf8 take them.
 */
const FIRST = 0x4e00;
const BITS = 14;

/** The longest text that is unpacked, bytes: whoever may edit the server can write into the field. */
const MOST_BYTES = 64 * 1024;

export function pack(text: string): string {
  let packed = '';
  let bits = 0;
  let count = 0;
  const emit = (value: number): void => {
    packed += String.fromCharCode(FIRST + value);
  };
  for (const byte of deflateRawSync(text, { level: 9 })) {
    bits = (bits << 8) | byte;
    count += 8;
    if (count < BITS) continue;
    count -= BITS;
    emit(bits >> count);
    bits &= (1 << count) - 1;
  }
  if (count > 0) emit(bits << (BITS - count));
  return packed;
}

/** The text that was packed; undefined for characters that nothing was packed in. */
export function unpack(packed: string): string | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (let index = 0; index < packed.length; index += 1) {
    const value = packed.charCodeAt(index) - FIRST;
    if (value < 0 || value >= 1 << BITS) return undefined;
    bits = (bits << BITS) | value;
    count += BITS;
    while (count >= 8) {
      count -= 8;
      bytes.push(bits >> count);
      bits &= (1 << count) - 1;
    }
  }
  try {
    // what the last character was filled up with is after the end of the compressed data
    return inflateRawSync(Uint8Array.from(bytes), { maxOutputLength: MOST_BYTES }).toString();
  } catch {
    return undefined;
  }
}
