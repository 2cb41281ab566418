/**
 * Secrets in the text of a request: elements, JSON keys and parameters whose name says so. Backend calls come with
 * theirs already hidden.
 */
const SECRET = '(?:[\\w-]*password|passphrase|[\\w-]*secret|token|access_token|private_key|custom_script)';

const IN_XML = new RegExp(`(<(${SECRET})(?:\\s[^>]*)?>)[^<]*(</\\2\\s*>)`, 'gi');
const IN_JSON = new RegExp(`("${SECRET}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
const IN_QUERY = new RegExp(`([?&;]${SECRET}=)[^&;#\\s]*`, 'gi');
/** A console ticket is a password, too: `<ticket><value>…`. */
const TICKET_XML = /(<ticket(?:\s[^>]*)?>[\s\S]*?<value>)[^<]*(<\/value>)/gi;
const TICKET_JSON = /("ticket"\s*:\s*\{[^{}]*"value"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

const HIDDEN = '***';

/** The text of a body with what is secret replaced by `***`. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(IN_XML, `$1${HIDDEN}$3`)
    .replace(IN_JSON, `$1"${HIDDEN}"`)
    .replace(TICKET_XML, `$1${HIDDEN}$2`)
    .replace(TICKET_JSON, `$1"${HIDDEN}"`);

/** A request target with secret parameters replaced by `***`. */
export const targetWithoutSecrets = (target: string): string => target.replace(IN_QUERY, `$1${HIDDEN}`);
