import { Option, type Command } from 'commander';
import { withEndpoint, withLogin } from '../endpoint-options.js';
import type { Io } from '../io.js';
import { withSettings, type Given } from '../options.js';
import type { Add, Finish, Run } from '../command.js';
import { count } from './commands.js';

const RECORD = `
Point the clients at this address instead of the engine's. Each exchange is written to a file in the format that
translate reads. Logins, cookies, tokens and passwords are replaced by placeholders, consistently; so are the
names of VMs, hosts, networks and other objects, unless --keep-names is given. replay needs the real names:
--names-file saves them, readable by its owner only.

  ovirt-powervc-gateway record --listen 127.0.0.1:8443 --to https://engine.example.com --output recording`;

const REPLAY = `
Requests are sent with the login given here. Ids are mapped by kind and name. Only reads are sent, unless
--writes is given. Results: same; equivalent (only ids, times or hosts differ); different; refused, with the
reason from the support matrix (--backend); not sent. Exit code 1: an answer was different or refused.

  ovirt-powervc-gateway replay recording --to https://gateway.example.com/ovirt-engine/api --user admin@internal --backend powervc`;

const SHADOW = `
Clients always get the engine's answer, and it never waits for the comparison. Writes go to the engine only. At
most --queue reads of --memory MiB in total wait to be compared; more are skipped and counted. The report is
written at the end (SIGINT, SIGTERM).

  ovirt-powervc-gateway shadow --listen 127.0.0.1:8443 --to https://engine.example.com \\
    --target-url https://gateway.example.com/ovirt-engine/api --target-user admin@internal --backend powervc`;

const withProxy = (command: Command): Command =>
  command
    .option('--listen <address>', 'Host and port to listen on.', '127.0.0.1:8080')
    .option('--to <url>', 'URL of the engine, such as https://engine.example.com.')
    .option('--engine-ca-file <file>', 'Certificate authorities to trust for the engine, PEM.')
    .option('--engine-insecure', 'Accept any certificate from the engine: for test systems only.')
    .option('--cert-file <file>', 'Server certificate, PEM; plain HTTP when absent.')
    .option('--key-file <file>', 'Private key of the certificate, PEM.')
    .option(
      '--keep <kib>',
      'Largest body that is recorded, KiB; larger ones are only passed on.',
      count(1_048_576),
      '4096',
    );

const withReport = (command: Command): Command =>
  command
    .addOption(
      new Option('--backend <kind>', 'Cloud behind the new side, to explain refusals.').choices([
        'powervc',
        'openstack',
        'powervs',
      ]),
    )
    .addOption(
      new Option('--format <format>', 'Format of the report.').choices(['text', 'json', 'html']).default('text'),
    )
    .option('--output <file>', 'Output file; standard output when absent or -.');

/** The commands that work with the traffic of an engine's clients. */
export function addTrafficCommands(add: Add, run: Run, io: Io, finish: Finish): void {
  withProxy(add('record', 'Run a proxy in front of an engine and record what clients send and receive.'))
    .option('--output <folder>', 'Folder for the recorded exchanges.')
    .option('--keep-names', 'Do not replace the names of objects.')
    .option('--names-file <file>', 'Write the real names behind the placeholders to this file at the end.')
    .addHelpText('after', RECORD)
    .action(run(async () => (await import('./traffic.js')).record));

  withReport(
    withEndpoint(withSettings(add('replay', 'Send recorded requests to another endpoint and compare the answers.'))),
  )
    .argument('<files...>', 'Files and folders of recordings.')
    .option('--to <url>', 'The same as --url.')
    .option('--writes', 'Also send requests that change something.')
    .option(
      '--patience <seconds>',
      'With --writes: how long a request is repeated while earlier changes are in progress.',
      count(86_400),
      '60',
    )
    .option('--names-file <file>', 'The real names behind the placeholders, as written by record.')
    .addHelpText('after', REPLAY)
    .action(async (files: string[], given: Given) =>
      finish(await (await import('./traffic.js')).replay(files, given, io)),
    );

  withReport(
    withProxy(
      withLogin(
        withSettings(
          add('shadow', 'Run a proxy in front of an engine and compare its answers with those of another endpoint.'),
        ),
        'target',
      ),
    ),
  )
    .option('--target-url <url>', 'URL of the new side (or TARGET_URL).')
    .option('--at-once <count>', 'Number of reads compared concurrently.', count(32), '2')
    .option('--queue <count>', 'Number of reads that may wait to be compared.', count(10_000), '200')
    .option('--memory <mib>', 'Total size of the answers that may wait, MiB.', count(4096), '64')
    .addHelpText('after', SHADOW)
    .action(run(async () => (await import('./traffic.js')).shadow));
}
