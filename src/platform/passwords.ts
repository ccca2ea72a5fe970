import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

const SALT_BYTES = 16;
const TAG_BYTES = 32;
const MEMORY_KIB = 19_456;
const PASSES = 2;

const scrypt = promisify<crypto.BinaryLike, crypto.BinaryLike, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

async function derive(kind: string, password: string, salt: Buffer): Promise<Buffer> {
  if (kind === 'argon2id') {
    const argon2 = promisify(crypto.argon2);
    return argon2('argon2id', { message: password, nonce: salt, parallelism: 1, tagLength: TAG_BYTES, memory: MEMORY_KIB, passes: PASSES });
  }
  return scrypt(password, salt, TAG_BYTES, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 });
}

/** argon2id with OWASP's least parameters (19 MiB, 2 passes); scrypt where this Node has no argon2 (before 24.7). */
export async function hashPassword(password: string): Promise<string> {
  const kind = typeof crypto.argon2 === 'function' ? 'argon2id' : 'scrypt';
  const salt = crypto.randomBytes(SALT_BYTES);
  const tag = await derive(kind, password, salt);
  return `${kind}$${salt.toString('base64url')}$${tag.toString('base64url')}`;
}

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [kind = '', salt = '', tag = ''] = stored.split('$');
  const expected = Buffer.from(tag, 'base64url');
  const actual = await derive(kind, password, Buffer.from(salt, 'base64url'));
  return expected.length === actual.length && crypto.timingSafeEqual(expected, actual);
}

/** SHA-256 of a random secret, for keys and sessions at rest: nothing slow is needed where the secret has 256 bits. */
export function hashSecret(secret: string): string {
  return crypto.createHash('sha256').update(secret).digest('hex');
}

export function hmacHex(secret: string, text: string): string {
  return crypto.createHmac('sha256', secret).update(text).digest('hex');
}
