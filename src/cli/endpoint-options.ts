import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { EndpointError, openEndpoint, type Endpoint, type EndpointOptions } from '../moving/endpoint/index.js';
import { CommandError, EXIT, type Io } from './io.js';
import type { Given } from './options.js';

/** One of the endpoints of a command: what its options and variables begin with. */
export type Side = '' | 'target';

const flag = (side: Side, name: string): string => (side === '' ? `--${name}` : `--${side}-${name}`);
const attribute = (side: Side, name: string): string =>
  flag(side, name)
    .slice(2)
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const variable = (side: Side, name: string): string => `${side === '' ? 'OVIRT' : side.toUpperCase()}_${name}`;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Adds how one logs in to an endpoint. No option takes a password: command lines are no secret. */
export function withLogin(command: Command, side: Side = ''): Command {
  const of = side === '' ? '' : ` of the ${side}`;
  return command
    .option(`${flag(side, 'user')} <user>`, `Who logs in${of}, such as admin@internal (or ${variable(side, 'USER')}).`)
    .option(
      `${flag(side, 'password-file')} <file>`,
      `File with the password${of} (or the variable ${variable(side, 'PASSWORD')}).`,
    )
    .option(`${flag(side, 'ca-file')} <file>`, `Certificates to trust${of}, PEM (or ${variable(side, 'CA_FILE')}).`)
    .option(flag(side, 'insecure'), `Trust any certificate${of}: for laboratories.`)
    .addOption(
      new Option(`${flag(side, 'api')} <version>`, `The version of the API${of}; found out where absent.`).choices([
        '3',
        '4',
      ]),
    );
}

/** Adds `--url` and how one logs in. */
export const withEndpoint = (command: Command): Command =>
  withLogin(
    command.option('--url <url>', 'The API, such as https://engine.example.com/ovirt-engine/api (or OVIRT_URL).'),
  );

async function fileText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, EXIT.usage, { cause: error });
  });
}

/** What the command line says of an endpoint. @throws CommandError */
export async function endpointOptions(
  given: Given,
  io: Io,
  side: Side = '',
  url: string | undefined = text(given[attribute(side, 'url')]) ?? text(io.environment[variable(side, 'URL')]),
): Promise<EndpointOptions> {
  const told = (name: string): string | undefined =>
    text(given[attribute(side, name)]) ?? text(io.environment[variable(side, name.toUpperCase().replaceAll('-', '_'))]);
  if (url === undefined)
    throw new CommandError(`an address is needed: ${flag(side, 'url')}, or ${variable(side, 'URL')}`, EXIT.usage);
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw new CommandError(`${url} is no address such as https://engine.example.com/ovirt-engine/api`, EXIT.usage);
  const file = told('password-file');
  const password =
    file === undefined
      ? text(io.environment[variable(side, 'PASSWORD')])
      : (await fileText(file)).replace(/\r?\n$/, '');
  const user = told('user');
  if (user !== undefined && password === undefined)
    throw new CommandError(
      `the password of ${user} is needed: in ${variable(side, 'PASSWORD')}, or in a file that ${flag(side, 'password-file')} names`,
      EXIT.usage,
    );
  const [ca, api] = [told('ca-file'), told('api')];
  return {
    url,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca: await fileText(ca) }),
    ...(api !== undefined && { api }),
    insecure: given[attribute(side, 'insecure')] === true,
  };
}

/** Opens the endpoint that the command line names. @throws CommandError */
export const endpointOf = async (given: Given, io: Io, side: Side = '', url?: string): Promise<Endpoint> =>
  openEndpoint(await endpointOptions(given, io, side, url)).catch((error: unknown) => {
    if (error instanceof EndpointError) throw new CommandError(error.message, EXIT.failed, { cause: error });
    throw error;
  });
