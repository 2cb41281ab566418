/** Names of secrets, which are used once and never returned: `root_password`, `custom_script`. */
const SECRET = /(^|_)(password|passphrase|secret|private_key|custom_script)$/;

/** What a client sent, without its secrets, for answers and logs. */
export function withoutSecrets<T>(document: T): T {
  if (Array.isArray(document)) return document.map((one: unknown) => withoutSecrets(one)) as T;
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, held]) =>
      SECRET.test(name) ? [] : [[name, withoutSecrets<unknown>(held)]],
    ),
  ) as T;
}
