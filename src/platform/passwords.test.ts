import { describe, expect, it } from 'vitest';
import { hashPassword, hashSecret, verifyPassword } from './passwords.ts';

describe('passwords at rest', () => {
  it('are argon2id on this Node, salted, and known again', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^argon2id\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword('correct horse', one)).toBe(true);
    expect(await verifyPassword('correct horsE', one)).toBe(false);
    expect(await verifyPassword('', one)).toBe(false);
  });

  it('made where there is no argon2 are still known, and rubbish is not', async () => {
    const { scryptSync } = await import('node:crypto');
    const salt = Buffer.alloc(16, 7);
    const tag = scryptSync('old', salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 });
    const stored = `scrypt$${salt.toString('base64url')}$${tag.toString('base64url')}`;
    expect(await verifyPassword('old', stored)).toBe(true);
    expect(await verifyPassword('new', stored)).toBe(false);
    for (const broken of ['', 'x', 'argon2id$$', 'argon2id$AAAAAAAAAAAAAAAAAAAAAA$'])
      expect(await verifyPassword('old', broken).catch(() => false)).toBe(false);
  });

  it('keeps secrets of 256 bits as their SHA-256', () => {
    expect(hashSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
