/** A word for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** What a curl command line is made from. */
export interface CurlRequest {
  /** `https://gateway.example.com:8443`. */
  readonly url: string;
  readonly method: string;
  readonly target: string;
  readonly contentType?: string;
  readonly body?: string;
}

/**
 * The request as a command to paste: the login is the variable `$OVIRT_USER` (`user@profile:password`), as the console
 * keeps none.
 */
export function curlOf({ url, method, target, contentType, body }: CurlRequest): string {
  return [
    'curl -sS',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    '-u "$OVIRT_USER"',
    ...(contentType === undefined ? [] : [`-H ${quoted(`Content-Type: ${contentType}`)}`]),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
    quoted(url + target),
  ].join(' ');
}
