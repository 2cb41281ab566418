import { createHash, generateKeyPairSync } from 'node:crypto';
import { naive } from '../clock.js';
import { objectIn, textIn, type JsonObject } from '../json.js';
import { nextLink, page } from '../paging.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { Keypair } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkName } from './servers.js';

const brief = (call: SimulatedCall, { name, public_key, fingerprint, type }: Keypair): JsonObject => ({
  name,
  public_key,
  fingerprint,
  ...(call.version >= 2 ? { type } : {}),
});

/** MD5 of the key's bytes, as ssh-keygen once wrote it. Throws Nova's 400 for what is no key. */
function fingerprintOf(publicKey: string): string {
  const [kind = '', data = ''] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(data, 'base64');
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : '';
  if (kind === '' || named !== kind) throw refuse.bad('Keypair data is invalid: failed to generate fingerprint');
  return digest(bytes, 'md5');
}

const digest = (bytes: Buffer, algorithm: 'md5' | 'sha1'): string =>
  createHash(algorithm)
    .update(bytes)
    .digest('hex')
    .replace(/..(?!$)/g, '$&:');

const field = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A key that Nova makes for those who bring none: RSA, whose private half is returned once. */
function created(): { private_key: string; public_key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  const modulus = Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')]);
  const bytes = Buffer.concat([field(Buffer.from('ssh-rsa')), field(Buffer.from(e, 'base64url')), field(modulus)]);
  return {
    private_key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    public_key: `ssh-rsa ${bytes.toString('base64')} Generated-by-Nova`,
  };
}

const own = (call: SimulatedCall, world: World): Keypair[] => {
  const user = call.query.get('user_id') ?? call.token.userId;
  return [...world.keypairs.values()].filter(({ user_id }) => user_id === user);
};

function find(call: SimulatedCall, world: World): Keypair {
  const name = call.params.keypair ?? '';
  const found = own(call, world).find((one) => one.name === name);
  if (found === undefined) throw refuse.missing(`Keypair ${name} not found for user ${call.token.userId}`);
  return found;
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'keypair');
  const name = textIn(requested, 'name');
  if (name === undefined) throw refuse.bad("Invalid input for field/attribute keypair. 'name' is a required property");
  checkName(name);
  if (call.version < 92 && !/^[A-Za-z0-9 _-]+$/.test(name))
    throw refuse.bad('Keypair data is invalid: Keypair name contains unsafe characters');
  const type = (call.version >= 2 ? textIn(requested, 'type') : undefined) ?? 'ssh';
  if (type !== 'ssh' && type !== 'x509')
    throw refuse.bad(`Invalid input for field/attribute type. Value: ${type}. '${type}' is not one of ['ssh', 'x509']`);
  const user_id = textIn(requested, 'user_id') ?? call.token.userId;
  const held = [...world.keypairs.values()].filter((one) => one.user_id === user_id);
  if (held.some((one) => one.name === name)) throw refuse.conflict(`Key pair '${name}' already exists.`);
  if (held.length >= world.quotaOf(call.token.projectId).key_pairs)
    throw refuse.forbidden('Quota exceeded, too many key pairs.');
  const given = textIn(requested, 'public_key');
  const key: { public_key: string; private_key?: string } = given === undefined ? created() : { public_key: given };
  const keypair = world.add('keypairs', {
    name,
    user_id,
    public_key: key.public_key,
    fingerprint: type === 'ssh' ? fingerprintOf(key.public_key) : digest(Buffer.from(key.public_key), 'sha1'),
    type,
    created_at: world.clock.stamp(),
  });
  return {
    status: call.version >= 2 ? 201 : 200,
    body: {
      keypair: {
        ...(key.private_key === undefined ? {} : { private_key: key.private_key }),
        ...brief(call, keypair),
        user_id,
      },
    },
  };
}

function remove(call: SimulatedCall, world: World): Answer {
  const { name, user_id } = find(call, world);
  world.keypairs.delete(`${user_id}/${name}`);
  return { status: call.version >= 2 ? 204 : 202 };
}

function list(call: SimulatedCall, world: World): Answer {
  const paging = {
    id: ({ name }: Keypair) => name,
    max: world.settings.pageLimit,
    badMarker: (marker: string) => refuse.bad(`marker [${marker}] not found`),
  };
  const found = page(own(call, world), call.query, paging);
  const next = call.version >= 35 && call.query.has('limit') ? nextLink(call, 'keypairs', found, paging) : {};
  return ok({ keypairs: found.items.map((one) => ({ keypair: brief(call, one) })), ...next });
}

function get(call: SimulatedCall, world: World): Answer {
  const keypair = find(call, world);
  const id = [...world.keypairs.values()].indexOf(keypair) + 1;
  return ok({
    keypair: {
      ...brief(call, keypair),
      user_id: keypair.user_id,
      deleted: false,
      created_at: naive(keypair.created_at),
      updated_at: null,
      deleted_at: null,
      id,
    },
  });
}

/** Keys of users (recorded: 161, 162). */
export const keypairs = { list, get, create, remove };
