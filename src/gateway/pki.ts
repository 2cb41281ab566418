import type { KeyObject } from 'node:crypto';
import type { Certificate } from './certificate.js';
import type { FrontAnswer, FrontRoutes } from './front.js';

/** Sections and media types: docs/reference/ovirt.md, section 1 (neighbours that a client may probe). */
const PEM_TYPE = 'application/x-x509-ca-cert';
const SERVICE = '/ovirt-engine/services/pki-resource';

/**
 * An engine's certificate, which needs no login: at the pki-resource service, and at the addresses of 3.x. ManageIQ
 * reads the engine's key to recognize an oVirt.
 */
export function pkiRoutes(certificate: Certificate): FrontRoutes {
  const pem = ({ own, authority }: Certificate, of: 'own' | 'authority'): FrontAnswer => ({
    type: PEM_TYPE,
    body: (of === 'own' ? own : authority).toString(),
  });
  const ca = async (): Promise<FrontAnswer> => pem(certificate, 'authority');
  const engine = async (): Promise<FrontAnswer> => pem(certificate, 'own');
  async function engineKey(): Promise<FrontAnswer | undefined> {
    const key = sshKey(certificate.own.publicKey);
    return key === undefined ? undefined : { type: 'text/plain', body: `${key} ovirt-engine\n` };
  }
  const resources: Readonly<Record<string, () => Promise<FrontAnswer | undefined>>> = {
    'ca-certificate X509-PEM-CA': ca,
    'ca-certificate X509-PEM': ca,
    'engine-certificate X509-PEM': engine,
    'engine-certificate OPENSSH-PUBKEY': engineKey,
  };
  return new Map([
    [SERVICE, async (query) => resources[`${query.get('resource')} ${query.get('format') ?? 'X509-PEM'}`]?.()],
    ['/ca.crt', ca],
    ['/engine.ssh.key.txt', engineKey],
    ['/rhevm.ssh.key.txt', engineKey],
  ]);
}

/**
 * A public key in OpenSSH's form (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4); undefined for a kind that it has no form
 * for.
 */
function sshKey(key: KeyObject): string | undefined {
  const { kty, crv, n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' });
  if (kty === 'RSA') return line('ssh-rsa', [whole(e), whole(n)]);
  if (kty === 'OKP' && crv === 'Ed25519') return line('ssh-ed25519', [Buffer.from(x, 'base64url')]);
  const curve = kty === 'EC' ? CURVES[crv ?? ''] : undefined;
  if (curve === undefined) return undefined;
  return line(`ecdsa-sha2-${curve}`, [
    Buffer.from(curve),
    Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
  ]);
}

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' };

/** Each part behind its length. */
function line(type: string, parts: readonly Buffer[]): string {
  const all = [Buffer.from(type), ...parts].flatMap((part) => [length(part), part]);
  return `${type} ${Buffer.concat(all).toString('base64')}`;
}

function length(part: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(part.length);
  return bytes;
}

/** A whole number is signed (RFC 4251, 5): a zero goes before a leading bit. */
function whole(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return bytes.readUInt8(0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}
