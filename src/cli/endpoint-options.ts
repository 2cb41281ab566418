import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { Endpoint, EndpointOptions, Proxies } from '../moving/endpoint/index.js';
import { CommandError, EXIT, type Io } from './io.js';
import type { Given } from './options.js';

/** One of the endpoints of a command: the prefix of its options and variables. */
export type EndpointSide = '' | 'target';

const flag = (side: EndpointSide, name: string): string => (side === '' ? `--${name}` : `--${side}-${name}`);
const attribute = (side: EndpointSide, name: string): string =>
  flag(side, name)
    .slice(2)
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const variable = (side: EndpointSide, name: string): string => `${side === '' ? 'OVIRT' : side.toUpperCase()}_${name}`;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Adds the login options of an endpoint. No option takes a password: other users can read command lines. */
export function withLogin(command: Command, side: EndpointSide = ''): Command {
  const at = side === '' ? '' : ` at the ${side}`;
  return command
    .option(
      `${flag(side, 'user')} <user>`,
      `User to log in${at} as, such as admin@internal (or ${variable(side, 'USER')}).`,
    )
    .option(
      `${flag(side, 'password-file')} <file>`,
      `File that holds the password of that user (or the variable ${variable(side, 'PASSWORD')}).`,
    )
    .option(
      `${flag(side, 'ca-file')} <file>`,
      `Certificate authorities to trust, PEM (or ${variable(side, 'CA_FILE')}).`,
    )
    .option(
      flag(side, 'insecure'),
      `Accept any certificate${side === '' ? '' : ` from the ${side}`}: for test systems only.`,
    )
    .addOption(
      new Option(`${flag(side, 'api')} <version>`, `API version${at}; detected by default.`).choices(['3', '4']),
    );
}

/** Adds `--url` and the login options. */
export const withEndpoint = (command: Command): Command =>
  withLogin(
    command.option(
      '--url <url>',
      'URL of the API, such as https://engine.example.com/ovirt-engine/api (or OVIRT_URL).',
    ),
  );

async function fileText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, EXIT.usage, { cause: error });
  });
}

/** The text of a file with certificates. @throws CommandError */
export async function certificatesOf(file: string): Promise<string> {
  const found = await fileText(file);
  if (!found.includes('-----BEGIN CERTIFICATE-----'))
    throw new CommandError(`${file} contains no PEM certificate`, EXIT.usage);
  return found;
}

/** The proxies that the environment names, as for `proxy.*` of the settings. @throws CommandError */
export function proxiesOf({ environment }: Io): Proxies {
  function url(name: string): string | undefined {
    const found = [name, name.toLowerCase()].find((one) => text(environment[one]) !== undefined);
    const value = found === undefined ? undefined : environment[found];
    if (value === undefined || (/^https?:\/\/./.test(value) && URL.canParse(value))) return value;
    throw new CommandError(`${found} must be a URL such as http://proxy.example.com:3128`, EXIT.usage);
  }
  const [http, https] = [url('HTTP_PROXY'), url('HTTPS_PROXY')];
  const except = text(environment['NO_PROXY']) ?? text(environment['no_proxy']);
  return {
    ...(http !== undefined && { http }),
    ...(https !== undefined && { https }),
    ...(except !== undefined && { except }),
  };
}

/** An endpoint as the command line describes it. @throws CommandError */
export async function endpointOptions(
  given: Given,
  io: Io,
  side: EndpointSide = '',
  url: string | undefined = text(given[attribute(side, 'url')]) ?? text(io.environment[variable(side, 'URL')]),
): Promise<EndpointOptions> {
  const value = (name: string): string | undefined =>
    text(given[attribute(side, name)]) ?? text(io.environment[variable(side, name.toUpperCase().replaceAll('-', '_'))]);
  if (url === undefined)
    throw new CommandError(
      `a URL is required: ${flag(side, 'url')}, or the variable ${variable(side, 'URL')}`,
      EXIT.usage,
    );
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw new CommandError(`${url} is not a URL such as https://engine.example.com/ovirt-engine/api`, EXIT.usage);
  const file = value('password-file');
  const password =
    file === undefined
      ? text(io.environment[variable(side, 'PASSWORD')])
      : (await fileText(file)).replace(/\r?\n$/, '');
  const user = value('user');
  if (user !== undefined && password === undefined)
    throw new CommandError(
      `the password of ${user} is required: in the variable ${variable(side, 'PASSWORD')}, ` +
        `or in a file named by ${flag(side, 'password-file')}`,
      EXIT.usage,
    );
  const [ca, api] = [value('ca-file'), value('api')];
  return {
    url,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca: await certificatesOf(ca) }),
    ...(api !== undefined && { api }),
    insecure: given[attribute(side, 'insecure')] === true,
    proxies: proxiesOf(io),
  };
}

/** Opens the endpoint that the command line names. @throws CommandError */
export async function endpointOf(given: Given, io: Io, side: EndpointSide = '', url?: string): Promise<Endpoint> {
  const options = await endpointOptions(given, io, side, url);
  // every command has this module, but only a few an endpoint
  const { EndpointError, openEndpoint } = await import('../moving/endpoint/index.js');
  return openEndpoint(options).catch((error: unknown) => {
    if (error instanceof EndpointError) throw new CommandError(error.message, EXIT.failed, { cause: error });
    throw error;
  });
}
