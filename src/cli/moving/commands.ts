import { InvalidArgumentError, Option, type Command } from 'commander';
import { withEndpoint, withLogin } from '../endpoint-options.js';
import type { Io } from '../io.js';
import { withSettings, type Given } from '../options.js';

export type Add = (name: string, description: string) => Command;
export type Act = (given: Given, io: Io) => Promise<number>;
export type Run = (load: () => Promise<Act>) => (given: Given) => Promise<void>;
/** Takes a command's exit code. */
export type Finish = (exitCode: number) => void;

export const count =
  (most: number) =>
  (value: string): string => {
    if (!/^\d+$/.test(value) || Number(value) < 1 || Number(value) > most)
      throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`);
    return value;
  };

const prefix = (value: string): string => {
  if (!/^[A-Za-z][A-Za-z0-9-]{2,30}$/.test(value))
    throw new InvalidArgumentError('It has 3 to 31 letters, digits and dashes, and begins with a letter.');
  return value;
};

const INVENTORY = `
The result is NDJSON: one JSON object a line. The first says where it comes from, the last that nothing is missing: plan and
compare refuse a file without it. What cannot be read is a line of its own, is told on standard error, and makes the exit code 1.

  OVIRT_PASSWORD=... ovirt-powervc-gateway inventory --url https://engine.example.com/ovirt-engine/api \\
    --user admin@internal --ca-file engine.pem --output rhv.ndjson`;

const CONFORM = `
read-only only asks. day also makes a VM of a template, a disk, a NIC, a tag and a snapshot, runs the VM, and removes everything
again; full also tries what is to be refused. What is made is named PREFIX-<8 hexadecimal digits>-…; it is removed after a failure
and after SIGINT, too, and --cleanup removes what a run left that was killed.

Results: kept; differs (expected, got, source); not offered (the endpoint says so); not run (something that it needs is not there).
Exit code 1: something differs that --known does not list:

  - check: json.scalars        # a name, or its beginning with *
    api: 3                     # of one version only
    why: our engine is patched`;

const PLAN = `
An inventory is a file that the command inventory made, or the address of an API that is read now. --target is the same of the
new side (a gateway in front of the cloud): its names are offered in the draft of the mapping file, and equal names are mapped.

  ovirt-powervc-gateway plan --inventory rhv.ndjson --backend powervc --draft-mapping mapping.yaml
  ovirt-powervc-gateway plan --inventory rhv.ndjson --backend powervc --mapping mapping.yaml --format html --output plan.html`;

const COMPARE = `
Each side is an inventory, or the address of an API. VMs are compared by name; so are their disks and NICs. Ids, hosts and times
are not compared. The options --user … are for A, --target-user … for B. Exit code 1: something is missing or differs.

  ovirt-powervc-gateway compare rhv.ndjson https://gateway.example.com/ovirt-engine/api --target-user admin@internal \\
    --mapping mapping.yaml --ignore topology,snapshots`;

/** The commands for a move from one oVirt endpoint to another. */
export function addMovingCommands(add: Add, run: Run, io: Io, finish: Finish): void {
  withEndpoint(add('inventory', 'Read everything that concerns VMs from an oVirt API, version 3 or 4.'))
    .option('--output <file>', 'Where to write; standard output when absent or -.')
    .option('--search <query>', 'Only VMs that this search finds, such as cluster=Production.')
    .option('--at-once <count>', 'VMs that are read at once.', count(32), '4')
    .addHelpText('after', INVENTORY)
    .action(run(async () => (await import('./inventory.js')).inventory));

  withLogin(
    withLogin(withSettings(add('plan', 'Say what each VM of an inventory becomes, and what has no place.'))),
    'target',
  )
    .option('--inventory <source>', 'The old side: a file that inventory made, - for standard input, or an address.')
    .addOption(new Option('--backend <kind>', 'Where to.').choices(['powervc', 'openstack', 'powervs']))
    .option('--target <source>', 'The new side, the same way: for the names there.')
    .option('--mapping <file>', 'What clusters, networks and storage domains are called there, YAML.')
    .option('--draft-mapping <file>', 'Write such a file to be filled in; one that is there stays as it is.')
    .addOption(new Option('--format <format>', 'How it is written.').choices(['text', 'json', 'html']).default('text'))
    .option('--output <file>', 'Where to write; standard output when absent or -.')
    .addHelpText('after', PLAN)
    .action(run(async () => (await import('./plan.js')).plan));

  withLogin(withLogin(add('compare', 'Say what is missing or differs between two sides, per VM.')), 'target')
    .argument('<a>', 'The old side: an inventory, or an address.')
    .argument('<b>', 'The new side.')
    .option('--mapping <file>', 'What names of A are called in B, YAML; plan drafts it.')
    .option('--ignore <fields>', 'Fields that may differ, separated by commas: topology, status, mac, disk …')
    .addOption(new Option('--format <format>', 'How it is written.').choices(['text', 'json']).default('text'))
    .option('--output <file>', 'Where to write; standard output when absent or -.')
    .addHelpText('after', COMPARE)
    .action(async (a: string, b: string, given: Given) =>
      finish(await (await import('./compare.js')).compareSides(a, b, given, io)),
    );

  withEndpoint(add('conform', 'Check any endpoint that claims to speak the oVirt API, with the source of each check.'))
    .addOption(
      new Option('--profile <profile>', 'How much is checked.')
        .choices(['read-only', 'day', 'full'])
        .default('read-only'),
    )
    .addOption(
      new Option('--format <format>', 'How it is written.').choices(['text', 'json', 'junit', 'html']).default('text'),
    )
    .option('--output <file>', 'Where to write; standard output when absent or -.')
    .option('--known <file>', 'What is known to differ, YAML.')
    .option('--template <name>', 'What VMs are made of; by default the first template that is ok.')
    .option('--cluster <name>', 'Where VMs are made; by default the first cluster.')
    .option('--prefix <text>', 'What names of what is made begin with.', prefix, 'conform')
    .option('--patience <seconds>', 'How long work may take, such as a deployment.', count(86_400), '600')
    .option('--poll <milliseconds>', 'Between two looks at work that goes on.', count(60_000), '2000')
    .option('--cleanup', 'Check nothing; remove what runs with this prefix have left.')
    .addHelpText('after', CONFORM)
    .action(run(async () => (await import('./conform.js')).conform));
}
