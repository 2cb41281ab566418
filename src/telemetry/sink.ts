import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STDOUT = 1;

/**
 * Standard output for a log. Node's own stream to a file throws if the disk is full, and is unusable from then on; this
 * one drops what does not fit, reports the number of lines to `lost`, and continues once there is room. For a pipe or
 * terminal it is Node's own stream: if its reader is gone, the gateway continues.
 */
export function standardOutput(lost: (lines: number) => void): NodeJS.WritableStream {
  const stat = fstatSync(STDOUT);
  if (process.stdout.isTTY || !(stat.isFile() || stat.isCharacterDevice())) return process.stdout;
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      try {
        writeSync(STDOUT, text);
      } catch {
        // a full disk, a revoked file: whatever it is, the log must not end the gateway; losses are reported later
        lost(text.split('\n').length - 1);
      }
      done();
    },
  });
}
