import { Transform } from 'node:stream';

/** Replaces an address by another in a stream. What may be the beginning of the address is held back. */
export function readdressed(from: string, to: string): Transform {
  const needle = Buffer.from(from);
  let rest = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let data = Buffer.concat([rest, chunk]);
      for (let at = data.indexOf(needle); at >= 0; at = data.indexOf(needle)) {
        this.push(data.subarray(0, at));
        this.push(to);
        data = data.subarray(at + needle.length);
      }
      const keep = Math.min(data.length, needle.length - 1);
      this.push(data.subarray(0, data.length - keep));
      rest = Buffer.from(data.subarray(data.length - keep));
      done();
    },
    flush(done) {
      this.push(rest);
      done();
    },
  });
}
