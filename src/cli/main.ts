#!/usr/bin/env node
import { EXIT, processIo } from './io.js';
import { run } from './program.js';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed),
);

process.exitCode = await run(process.argv.slice(2), processIo());
