import { Argument, Command, CommanderError, Option } from 'commander';
import { packageVersion, SettingsError } from '../settings/index.js';
import { supports } from '../support/index.js';
import type { Add, Finish, Run } from './command.js';
import { completion, shells, type Shell } from './completion.js';
import { CommandError, EXIT, type Io } from './io.js';
import { withPrintConfig, withSettings, type Given } from './options.js';
import { addMovingCommands } from './moving/commands.js';
import { addTrafficCommands } from './moving/traffic-commands.js';

const NAME = 'ovirt-powervc-gateway';

const INTRO = `An oVirt / RHEV-M REST API in front of IBM PowerVC, OpenStack or Power Virtual Server.

Without a command it runs the gateway; without the address of a cloud, in front of a simulated PowerVC.`;

const OUTRO = `
Examples:
  ${NAME}                                            a gateway in front of a simulated PowerVC
  ${NAME} --powervc https://powervc.example.com:5000/v3
  ${NAME} serve --config gateway.yaml --print-config
  ${NAME} translate request.txt                      the backend calls of a request
  ${NAME} simulate --port 5000                       the simulated PowerVC alone
  ${NAME} check --config gateway.yaml
  ${NAME} support --find disk                        what is supported, how, and why not

"${NAME} serve --help" lists the options of the gateway; the word serve can be left out.
Settings come from defaults, a file, the environment and options; later ones win.

Exit codes: 0 success, 1 failure, 2 wrong command line or settings.`;

const TRANSLATE = `
The request is written as on the wire: request line, headers, a blank line, the document:

  POST /api/vms/<id>/disks HTTP/1.1
  Content-Type: application/xml

  <disk><provisioned_size>8589934592</provisioned_size></disk>

It is carried out on a simulator in this process: nothing leaves the machine. The simulator's inventory defines
which ids exist; a request without Authorization is sent as admin@internal. The output is the request, the
backend calls (without the login) with bodies and statuses, and the answer.`;

const CHECK = `
With --backend or --powervc it also logs in to that cloud and reports what this login can read and do; nothing
is changed. The login comes from OS_USERNAME and OS_PASSWORD, from clouds.yaml, or for powervs from
powervs.apiKey or IBMCLOUD_API_KEY.

Exit codes: 0 no errors, 1 an error in the schemas or tables, or the cloud cannot be used, 2 wrong settings.`;

function program(io: Io, finish: Finish): Command {
  const root = new Command(NAME)
    .description(INTRO)
    .version(packageVersion, '-V, --version', 'Print the version.')
    .addHelpText('after', OUTRO);
  const add: Add = (name, description, isDefault = false) =>
    root.command(name, { isDefault }).description(description).helpOption('-h, --help', 'Print this help.');
  // commands are loaded on demand: serving needs no simulator, no checks of tables and no console client
  const run: Run = (load) => async (given) => finish(await (await load())(given, io));

  addServers(add, run);
  addTranslate(add, io, finish);
  addChecks(add, run);
  addMovingCommands(add, run, io, finish);
  addTrafficCommands(add, run, io, finish);
  addHelpers(add, root, io);
  configureOutput(root, io);
  return root;
}

/** Commands that serve until they are stopped. */
function addServers(add: Add, run: Run): void {
  withPrintConfig(withSettings(add('serve', 'Run the gateway (the default command).', true))).action(
    run(async () => (await import('./serve.js')).serve),
  );
  withPrintConfig(
    withSettings(
      add('simulate', 'Run a simulated PowerVC; with --backend, a simulated OpenStack or Power Virtual Server.'),
    ),
  )
    .option(
      '--print-env',
      'Print the environment variables for a client, and for a gateway in front of it, instead of the welcome text.',
    )
    .action(run(async () => (await import('./simulate.js')).simulate));
}

function addTranslate(add: Add, io: Io, finish: Finish): void {
  withSettings(add('translate', 'Show the backend calls and the answer for one request.'))
    .argument('[file]', 'File with the request; standard input when absent or -.')
    .option('--json', 'Print JSON.')
    .addHelpText('after', TRANSLATE)
    .action(async (file: string | undefined, given: Given) =>
      finish(await (await import('./translate.js')).translate(file, given, io)),
    );
}

/** Commands that report: on settings and schemas, on what is supported, on what clients lack. */
function addChecks(add: Add, run: Run): void {
  withSettings(add('check', 'Check the settings, schemas and tables; every error names its file, row and field.'))
    .option('--schemas <folder>', "Check the schemas in this folder instead of the package's own.")
    .option('--json', 'Print JSON.')
    .addHelpText('after', CHECK)
    .action(run(async () => (await import('./check.js')).check));
  withSettings(add('support', 'Print which operations and fields are supported, how, and why others are not.'))
    .option('--fields', 'Also print the fields of each type.')
    .addOption(
      new Option('--backend <kind>', 'Only rows of this backend.').choices(['powervc', 'openstack', 'powervs']),
    )
    .option('--find <words>', 'Only rows that contain all of these words.')
    .addOption(new Option('--support <kind>', 'Only rows with this kind of support.').choices(supports))
    .option('--json', 'Print JSON, including the fields.')
    .action(run(async () => (await import('./support.js')).support));
  withSettings(add('report', 'Print what clients of a running gateway requested but did not get, and why.'))
    .option('--url <url>', 'URL of the console; by default that of admin.host and admin.port.')
    .option('--user <user>', 'User to log in to the console as; by default admin.user.')
    .option('--password-file <file>', 'File that holds the password of that user (or the variable CONSOLE_PASSWORD).')
    .option(
      '--ca-file <file>',
      'Certificate authorities to trust, PEM; by default the well-known ones and admin.tls.cert.',
    )
    .option('--cert-file <file>', 'Client certificate, PEM, for a console with admin.tls.clientCa.')
    .option('--key-file <file>', 'Private key of the client certificate, PEM.')
    .addOption(new Option('--format <format>', 'Output format.').choices(['text', 'json', 'csv']).default('text'))
    .action(run(async () => (await import('./report.js')).report));
}

function addHelpers(add: Add, root: Command, io: Io): void {
  add('version', 'Print the versions of this program and Node.js, and the platform.').action(() => {
    io.stdout.write(
      `${NAME} ${packageVersion}, Node.js ${process.versions.node}, ${process.platform}-${process.arch}\n`,
    );
  });
  add('completion', 'Print a shell completion script.')
    .addArgument(new Argument('<shell>', 'The shell.').choices(shells))
    .addHelpText('after', `\nFor the current shell: source <(${NAME} completion bash)`)
    .action((shell: Shell) => {
      io.stdout.write(completion(root, shell));
    });
}

/** Help and errors, of every command, go where `io` says, and no command ends the process. */
function configureOutput(root: Command, io: Io): void {
  root.helpOption('-h, --help', 'Print this help.').helpCommand('help [command]', 'Print the help of a command.');
  for (const command of [root, ...root.commands]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
      .configureHelp({ helpWidth: 120 });
    command
      .showHelpAfterError(`(${NAME} ${command === root ? '' : `${command.name()} `}--help lists the options)`)
      .allowExcessArguments(false);
  }
}

/**
 * Runs the command line and returns its exit code. Errors that an operator can fix are printed as plain lines; anything
 * else is thrown.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok;
  const root = program(io, (code) => {
    exitCode = code;
  });
  const commands = [...root.commands.map((command) => command.name()), 'help'];
  try {
    // Without this the first word would be an argument of the default command.
    const [word = ''] = argv;
    if (/^\w/.test(word) && !commands.includes(word))
      throw new CommandError(`unknown command ${word}; the commands are ${commands.join(', ')}`, EXIT.usage);
    await root.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof SettingsError) {
      io.stderr.write(`The settings are wrong:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
      return EXIT.usage;
    }
    if (error instanceof CommandError) {
      io.stderr.write(`${NAME}: ${error.message}\n`);
      return error.exitCode;
    }
    throw error;
  }
  return exitCode;
}
