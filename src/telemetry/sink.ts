import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STDOUT = 1;

/**
 * Standard output as a log needs it. Node's own stream to a file throws when the disk is full, and is dead from then
 * on; this one loses what did not fit, tells `lost` how many lines that were, and goes on once there is room. A pipe or
 * terminal is Node's own stream: when its reader is gone there is nobody to tell, and the gateway goes on.
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
        // a full disk, a revoked file: whatever it is, the log may not end the gateway; what was lost is told later
        lost(text.split('\n').length - 1);
      }
      done();
    },
  });
}
