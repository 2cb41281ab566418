import { Option, type Command } from 'commander';
import { withEndpoint, withLogin } from '../endpoint-options.js';
import type { Io } from '../io.js';
import { withSettings, type Given } from '../options.js';
import { count, type Add, type Finish, type Run } from './commands.js';

const RECORD = `
Clients are given this address in place of the engine's. Each exchange becomes a file of the form that translate reads. Logins,
cookies, tokens and passwords become placeholders, the same thing the same one; so do the names of VMs, hosts, networks and the
like, unless --keep-names says otherwise. replay needs the real names: --names-file writes them, for nobody else.

  ovirt-powervc-gateway record --listen 127.0.0.1:8443 --to https://engine.example.com --output recording`;

const REPLAY = `
Requests are sent with the login given here. Ids are mapped by kind and name. Reads alone are sent, unless --writes is given.
Results: same; equivalent (but for ids, times, hosts); different; refused, with the reason of the support matrix (--backend);
not sent. Exit code 1: something is different or refused.

  ovirt-powervc-gateway replay recording --to https://gateway.example.com/ovirt-engine/api --user admin@internal --backend powervc`;

const SHADOW = `
The engine answers; its answer never waits for the comparison. Writes are passed on to the engine alone. At most --queue reads
wait; more are passed over, and counted. The report is written at the end (SIGINT, SIGTERM).

  ovirt-powervc-gateway shadow --listen 127.0.0.1:8443 --to https://engine.example.com \\
    --target-url https://gateway.example.com/ovirt-engine/api --target-user admin@internal --backend powervc`;

const withProxy = (command: Command): Command =>
  command
    .option('--listen <address>', 'Host and port to listen at.', '127.0.0.1:8080')
    .option('--to <url>', 'The engine, such as https://engine.example.com.')
    .option('--engine-ca-file <file>', "Certificates to trust of the engine's, PEM.")
    .option('--engine-insecure', 'Trust any certificate of the engine: for laboratories.')
    .option('--cert-file <file>', 'Certificate to listen with, PEM; plain HTTP when absent.')
    .option('--key-file <file>', 'Its key, PEM.')
    .option('--keep <kib>', 'The longest body that is kept; a longer one goes by.', count(1_048_576), '4096');

const withReport = (command: Command): Command =>
  command
    .addOption(
      new Option('--backend <kind>', 'What stands behind the new side, for reasons.').choices([
        'powervc',
        'openstack',
        'powervs',
      ]),
    )
    .addOption(new Option('--format <format>', 'How the report is written.').choices(['text', 'json']).default('text'))
    .option('--output <file>', 'Where to; standard output when absent or -.');

/** The commands that listen in on clients of an engine. */
export function addTrafficCommands(add: Add, run: Run, io: Io, finish: Finish): void {
  withProxy(add('record', 'Stand before an engine and write down what clients say and hear.'))
    .option('--output <folder>', 'Where the exchanges go.')
    .option('--keep-names', 'Leave names as they are.')
    .option('--names-file <file>', 'Write the real names behind placeholders there, at the end.')
    .addHelpText('after', RECORD)
    .action(run(async () => (await import('./traffic.js')).record));

  withReport(withEndpoint(withSettings(add('replay', 'Send what was recorded to another endpoint, and compare.'))))
    .argument('<files...>', 'Files and folders of recordings.')
    .option('--to <url>', 'The same as --url.')
    .option('--writes', 'Send what changes something, too.')
    .option('--names-file <file>', 'The real names behind placeholders, as record wrote them.')
    .addHelpText('after', REPLAY)
    .action(async (files: string[], given: Given) =>
      finish(await (await import('./traffic.js')).replay(files, given, io)),
    );

  withReport(
    withProxy(
      withLogin(
        withSettings(add('shadow', 'Compare another endpoint with an engine while clients use the engine.')),
        'target',
      ),
    ),
  )
    .option('--target-url <url>', 'The new side (or TARGET_URL).')
    .option('--at-once <count>', 'Reads that are compared at once.', count(32), '2')
    .option('--queue <count>', 'Reads that may wait.', count(10_000), '200')
    .addHelpText('after', SHADOW)
    .action(run(async () => (await import('./traffic.js')).shadow));
}
