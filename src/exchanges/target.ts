/**
 * Path and query of a URL, as a request line to the server itself has them (RFC 9112, 3.2.1); the scheme may be missing.
 * Without a path it is `/`.
 */
export function originForm(url: string): string {
  const [, target] = /^(?:[a-z]+:\/\/)?[^/?#]*([/?][^#]*)?/i.exec(url) ?? [];
  return target === undefined ? '/' : target.startsWith('/') ? target : `/${target}`;
}
