import { InvalidArgumentError, Option } from 'commander';
import { withEndpoint, withLogin } from '../endpoint-options.js';
import type { Add, Finish, Run } from '../command.js';
import type { Io } from '../io.js';
import { withSettings, type Given } from '../options.js';

export const count =
  (most: number) =>
  (value: string): string => {
    if (!/^\d+$/.test(value) || Number(value) < 1 || Number(value) > most)
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
    return value;
  };

const prefix = (value: string): string => {
  if (!/^[A-Za-z][A-Za-z0-9-]{2,30}$/.test(value))
    throw new InvalidArgumentError('It must have 3 to 31 letters, digits and dashes, and begin with a letter.');
  return value;
};

const INVENTORY = `
The output is NDJSON: one JSON object per line. The first line names the source; the last one marks the
inventory as complete, and plan and compare refuse a file without it. Anything that cannot be read gets a line
of its own and a message on standard error, and makes the exit code 1.

  OVIRT_PASSWORD=... ovirt-powervc-gateway inventory --url https://engine.example.com/ovirt-engine/api \\
    --user admin@internal --ca-file engine.pem --output rhv.ndjson`;

const CONFORM = `
Profiles: read-only sends GET requests only. day also creates a VM from a template, a disk, a NIC, a tag and a
snapshot, runs the VM, and removes everything. full also sends requests that must be refused. All objects are
named PREFIX-<8 hexadecimal digits>-… and are removed after a failure or SIGINT, too; --cleanup removes those of
a run that was killed.

Results: kept; differs (expected, got, source); not offered (the endpoint says so); not run (a prerequisite is
missing). Exit code 1: a difference that --known does not list. Such a file looks like this:

  - check: json.scalars        # a name, or its beginning followed by *
    api: 3                     # only for this version
    why: our engine is patched`;

const PLAN = `
--inventory takes a file written by the inventory command, or the URL of an API, which is then read. --target
takes the same for the new side (a gateway in front of the cloud): the draft mapping file lists the names found
there, and equal names are mapped.

  ovirt-powervc-gateway plan --inventory rhv.ndjson --backend powervc --draft-mapping mapping.yaml
  ovirt-powervc-gateway plan --inventory rhv.ndjson --backend powervc --mapping mapping.yaml --format html --output plan.html`;

const COMPARE = `
Each side is an inventory file or the URL of an API. VMs, their disks and their NICs are matched by name. Ids,
hosts and times are not compared. --user and the options beside it are for A, --target-user and so on for B.
Exit code 1: something is missing or differs.

  ovirt-powervc-gateway compare rhv.ndjson https://gateway.example.com/ovirt-engine/api --target-user admin@internal \\
    --mapping mapping.yaml --ignore topology,snapshots`;

/** The commands for a move from one oVirt endpoint to another. */
export function addMovingCommands(add: Add, run: Run, io: Io, finish: Finish): void {
  withEndpoint(add('inventory', 'Read everything that concerns VMs from an oVirt API, version 3 or 4.'))
    .option('--output <file>', 'Output file; standard output when absent or -.')
    .option('--search <query>', 'Only VMs that match this search, such as cluster=Production.')
    .option('--at-once <count>', 'Number of VMs read concurrently where pages lack something.', count(32), '4')
    .addHelpText('after', INVENTORY)
    .action(run(async () => (await import('./inventory.js')).inventory));

  withLogin(
    withLogin(
      withSettings(
        add('plan', 'Show what each VM of an inventory becomes on the new cloud, and what cannot be moved.'),
      ),
    ),
    'target',
  )
    .option('--inventory <source>', 'The old side: an inventory file, - for standard input, or the URL of an API.')
    .addOption(
      new Option('--backend <kind>', 'The cloud that the VMs move to.').choices(['powervc', 'openstack', 'powervs']),
    )
    .option('--target <source>', 'The new side, an inventory file or URL, to look up names in.')
    .option('--mapping <file>', 'Mapping file, YAML: the new names of clusters, networks and storage domains.')
    .option('--draft-mapping <file>', 'Write a mapping file to fill in; an existing file is never overwritten.')
    .addOption(new Option('--format <format>', 'Output format.').choices(['text', 'json', 'html']).default('text'))
    .option('--output <file>', 'Output file; standard output when absent or -.')
    .addHelpText('after', PLAN)
    .action(run(async () => (await import('./plan.js')).plan));

  withLogin(withLogin(add('compare', 'Show what is missing or differs between two sides, VM by VM.')), 'target')
    .argument('<a>', 'The old side: an inventory file, or the URL of an API.')
    .argument('<b>', 'The new side.')
    .option('--mapping <file>', 'Mapping file, YAML: the names in B of those in A; plan drafts one.')
    .option('--ignore <fields>', 'Fields to ignore, separated by commas: topology, status, mac, disk …')
    .addOption(new Option('--format <format>', 'Output format.').choices(['text', 'json']).default('text'))
    .option('--output <file>', 'Output file; standard output when absent or -.')
    .addHelpText('after', COMPARE)
    .action(async (a: string, b: string, given: Given) =>
      finish(await (await import('./compare.js')).compareSides(a, b, given, io)),
    );

  withEndpoint(add('conform', 'Check any endpoint of the oVirt API for conformance; each check names its source.'))
    .addOption(
      new Option('--profile <profile>', 'What to check.').choices(['read-only', 'day', 'full']).default('read-only'),
    )
    .addOption(
      new Option('--format <format>', 'Output format.').choices(['text', 'json', 'junit', 'html']).default('text'),
    )
    .option('--output <file>', 'Output file; standard output when absent or -.')
    .option('--corpus', 'Also send the exchanges of the corpus, and compare the answers with the recorded ones.')
    .option('--only <check>', 'Run only this check, or with a trailing * those whose names begin like this: exchange.*')
    .option('--known <file>', 'Known differences, YAML.')
    .option('--template <name>', 'Template for the VMs that are created; by default the first with status ok.')
    .option('--cluster <name>', 'Cluster for the VMs that are created; by default the first.')
    .option('--prefix <text>', 'Prefix of the names of all objects that are created.', prefix, 'conform')
    .option('--patience <seconds>', 'How long to wait for an operation such as a deployment.', count(86_400), '600')
    .option('--poll <milliseconds>', 'Pause between polls.', count(60_000), '2000')
    .option('--cleanup', 'Check nothing; remove what earlier runs with this prefix left behind.')
    .addHelpText('after', CONFORM)
    .action(run(async () => (await import('./conform.js')).conform));
}
