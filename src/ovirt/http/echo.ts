/** Names of what a client sends for one use, and gets back from nobody: `root_password`, `custom_script`. */
const SECRET = /(^|_)(password|passphrase|secret|private_key|custom_script)$/;

/** What a client sent, as it may be answered and kept: without its secrets. */
export function withoutSecrets<T>(document: T): T {
  if (Array.isArray(document)) return document.map((one: unknown) => withoutSecrets(one)) as T;
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, held]) =>
      SECRET.test(name) ? [] : [[name, withoutSecrets<unknown>(held)]],
    ),
  ) as T;
}
