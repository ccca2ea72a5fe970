import { describe, expect, it } from 'vitest';
import { settleSource, SourceDefinition, type StoredSource } from './definition.ts';

const define = (given: Record<string, unknown>) =>
  SourceDefinition.parse({ name: 'Main', address: 'https://metrics.example/prom', ...given });
function settled(given: Record<string, unknown>, before: StoredSource | null = null): StoredSource {
  const found = settleSource(define(given), before);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found;
}
const problemsOf = (given: Record<string, unknown>, before: StoredSource | null = null) => {
  const found = settleSource(define(given), before);
  return found.ok ? [] : found.problems.map(({ path }) => path);
};

const PEM = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----';
const FULL = {
  auth: { kind: 'basic', user: 'nines', password: 'hunter2' },
  headers: { 'X-Key': 'k' },
  tls: { cert: PEM, key: PEM, serverName: 'm' },
};

describe('a source as it is kept', () => {
  it('has its secrets apart from what may be shown', () => {
    const { connection, secret } = settled(FULL);
    expect(secret).toEqual({ headers: { 'X-Key': 'k' }, password: 'hunter2', token: null, key: PEM });
    expect(JSON.stringify(connection)).not.toContain('hunter2');
    expect(connection).toMatchObject({ auth: { kind: 'basic', user: 'nines' }, timeoutMs: 20_000 });
  });

  it('keeps the secrets that an edit leaves out', () => {
    const before = settled(FULL);
    expect(settled({ name: 'Other', auth: { kind: 'basic', user: 'nines' }, tls: { cert: PEM } }, before).secret).toEqual(before.secret);
    expect(settled({ headers: {}, auth: { kind: 'none' } }, before).secret).toEqual({
      headers: {},
      password: null,
      token: null,
      key: null,
    });
  });

  it('never sends a secret to another place than it was given for', () => {
    const elsewhere = { address: 'https://evil.example/prom', auth: { kind: 'basic', user: 'nines' }, tls: { cert: PEM } };
    expect(problemsOf(elsewhere, settled(FULL))).toEqual(['headers', 'auth.password', 'tls.key']);
    expect(problemsOf({ ...FULL, address: 'https://other.example/' }, settled(FULL))).toEqual([]);
    expect(problemsOf({ address: 'http://metrics.example/prom', auth: { kind: 'basic', user: 'nines' } }, settled(FULL))).toContain(
      'auth.password',
    );
  });

  it('needs the secret that its kind of access is made of', () => {
    expect(problemsOf({ auth: { kind: 'basic', user: 'nines' } })).toEqual(['auth.password']);
    expect(problemsOf({ auth: { kind: 'basic', user: 'another' } }, settled(FULL))).toContain('auth.password');
    expect(problemsOf({ auth: { kind: 'bearer' } })).toEqual(['auth.token']);
    expect(problemsOf({ tls: { cert: PEM } })).toEqual(['tls.key']);
    expect(problemsOf({ tls: { key: PEM } })).toEqual(['tls.cert']);
  });

  it.each([
    ['credentials in the address', { address: 'https://a:b@metrics.example' }],
    ['a query in the address', { address: 'https://metrics.example/?token=x' }],
    ['another protocol', { address: 'file:///etc/passwd' }],
    ['a line break in a header', { headers: { 'X-Key': 'a\r\nHost: b' } }],
    ['a header that Nines sets itself', { headers: { Host: 'b' } }],
    ['a name that is no header', { headers: { 'a b': 'b' } }],
    ['a line break in a tenant', { tenant: 'a\nb' }],
    ['a certificate that is none', { tls: { ca: 'hello' } }],
  ])('refuses %s', (_what, given) => {
    expect(SourceDefinition.safeParse({ name: 'Main', address: 'https://metrics.example', ...given }).success).toBe(false);
  });
});
