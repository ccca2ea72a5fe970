import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '#testing/process/certificates.ts';
import { createHttpClient, type HttpClientOptions, targetPolicy, type TlsOptions } from './http-client.ts';

describe('which addresses may be reached', () => {
  const mayReach = targetPolicy([]);

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
  ])('not %s', (address) => expect(mayReach(address)).toBe(false));

  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('but %s', (address) =>
    expect(mayReach(address)).toBe(true),
  );

  it('may be widened by a network, in whatever coat its addresses come', () => {
    const widened = targetPolicy(['10.1.0.0/16', '::1']);
    expect(['10.1.2.3', '::ffff:10.1.2.3', '::1'].map(widened)).toEqual([true, true, true]);
    expect(['10.2.0.1', '127.0.0.1'].map(widened)).toEqual([false, false]);
  });
});

describe('the client for addresses that people type in', () => {
  let server: http.Server;
  let base: string;
  let port: number;
  const hits: string[] = [];

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      hits.push(request.url ?? '');
      const url = new URL(request.url ?? '/', 'http://x');
      if (url.pathname === '/to') {
        response.writeHead(302, { location: url.searchParams.get('where') ?? '/' }).end();
      } else if (url.pathname === '/huge') {
        response.write('x'.repeat(2_000));
        response.write('x'.repeat(2_000));
        response.end('x'.repeat(2_000));
      } else if (url.pathname === '/slow') {
        response.writeHead(200).write('first');
      } else if (url.pathname === '/packed') {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(Number(url.searchParams.get('bytes')))));
      } else if (url.pathname === '/badly-packed') {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed at all');
      } else if (url.pathname === '/packed-and-cut') {
        const packed = gzipSync('x'.repeat(1_000));
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).write(packed.subarray(0, 20));
        response.socket?.destroySoon();
      } else if (url.pathname === '/cut') {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        response.socket?.destroy();
      } else response.end(`hello ${request.method}`);
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', () => listening.resolve());
    await listening.promise;
    ({ port } = server.address() as AddressInfo);
    base = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const client = (options: Partial<HttpClientOptions> = {}) =>
    createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 5_000, maxBytes: 4_000, maxRedirects: 2, ...options });
  const get = (url: string, options: Partial<HttpClientOptions> = {}) => client(options).request({ method: 'GET', url, headers: {} });

  it('answers with status, headers and body', async () => {
    expect(await get(`${base}/x`)).toMatchObject({ kind: 'answered', status: 200, body: 'hello GET' });
  });

  it('refuses private addresses, names that lead to them, and other protocols, without a connection', async () => {
    hits.length = 0;
    for (const url of [
      `${base}/secret`,
      `http://localhost:${port}/secret`,
      `http://[::1]:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://2130706433:${port}/`,
      `http://0x7f.1:${port}/`,
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'ftp://example.com/',
      'rubbish',
    ])
      expect(await get(url, { allow: [] }), url).toMatchObject({ kind: 'refused' });
    expect(hits).toEqual([]);
  });

  it('follows redirects within an origin, at most as many as told', async () => {
    expect(await get(`${base}/to?where=/x`)).toMatchObject({ kind: 'answered', body: 'hello GET' });
    expect(await get(`${base}/to?where=/to?where=/x`)).toMatchObject({ kind: 'answered' });
    expect(await get(`${base}/to?where=/to?where=/x`, { maxRedirects: 1 })).toMatchObject({
      kind: 'failed',
      reason: 'more than 1 redirects',
    });
  });

  it('does not follow a redirect to another origin, a private one least of all', async () => {
    hits.length = 0;
    const elsewhere = await get(`${base}/to?where=${encodeURIComponent('http://169.254.169.254/')}`);
    expect(elsewhere).toMatchObject({ kind: 'refused' });
    expect(await get(`${base}/to?where=${encodeURIComponent(`http://localhost:${port}/x`)}`)).toMatchObject({ kind: 'refused' });
    expect(hits).toHaveLength(2);
  });

  it('gives up on an answer that is too large, too slow or cut off', async () => {
    expect(await get(`${base}/huge`)).toEqual({ kind: 'failed', reason: 'the answer is larger than 4000 bytes', cause: 'too_large' });
    expect(await get(`${base}/slow`, { timeoutMs: 100 })).toEqual({ kind: 'failed', reason: 'no answer within 100 ms', cause: 'too_slow' });
    expect(await get(`${base}/cut`)).toMatchObject({ kind: 'failed' });
    expect(await get('http://127.0.0.1:1/')).toMatchObject({ kind: 'failed' });
  });

  it('unpacks an answer, and counts its size unpacked', async () => {
    expect(await get(`${base}/packed?bytes=3000`)).toMatchObject({ kind: 'answered', body: 'x'.repeat(3_000) });
    expect(await get(`${base}/packed?bytes=4001`)).toMatchObject({ kind: 'failed', cause: 'too_large' });
    expect(await get(`${base}/badly-packed`)).toMatchObject({ kind: 'failed' });
    expect(await get(`${base}/packed-and-cut`)).toMatchObject({ kind: 'failed' });
  });

  it('may be given less time for one request', async () => {
    const slow = await client().request({ method: 'GET', url: `${base}/slow`, headers: {}, timeoutMs: 100 });
    expect(slow).toEqual({ kind: 'failed', reason: 'no answer within 100 ms', cause: 'too_slow' });
  });

  it('says so when a header is none that can be sent', async () => {
    const sent = await client().request({ method: 'GET', url: `${base}/x`, headers: { 'x-broken': 'two\nlines' } });
    expect(sent).toMatchObject({ kind: 'failed', reason: expect.stringContaining('x-broken') as string });
  });
});

describe('the client over TLS', () => {
  const authority = createAuthority(Date.now());
  const own = authority.issue('inside.test');
  const person = authority.issue('nines');
  let server: https.Server;
  let url: string;

  beforeAll(async () => {
    server = https.createServer({ ...own, ca: authority.ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      const socket = request.socket as unknown as { authorized: boolean };
      response.end(socket.authorized ? 'known' : 'stranger');
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', () => listening.resolve());
    await listening.promise;
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = (tls?: TlsOptions) =>
    createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 5_000, maxBytes: 1_000, maxRedirects: 0 }).request({
      method: 'GET',
      url,
      headers: {},
      ...(tls === undefined ? {} : { tls }),
    });

  it('trusts nobody whom it does not know', async () => {
    expect(await get()).toMatchObject({ kind: 'failed' });
    expect(await get({ ca: createAuthority(Date.now()).ca, servername: 'inside.test' })).toMatchObject({ kind: 'failed' });
  });

  it('trusts an authority that it is told of, for the name that it is told', async () => {
    expect(await get({ ca: authority.ca })).toMatchObject({ kind: 'failed' });
    expect(await get({ ca: authority.ca, servername: 'inside.test' })).toMatchObject({ kind: 'answered', body: 'stranger' });
  });

  it('trusts everybody when told to', async () => {
    expect(await get({ rejectUnauthorized: false })).toMatchObject({ kind: 'answered' });
  });

  it('shows its own certificate', async () => {
    expect(await get({ ca: authority.ca, servername: 'inside.test', ...person })).toMatchObject({ kind: 'answered', body: 'known' });
  });

  it('says so when a certificate cannot be read', async () => {
    expect(await get({ ca: authority.ca, servername: 'inside.test', cert: 'rubbish', key: 'rubbish' })).toMatchObject({ kind: 'failed' });
  });
});

describe('a client that keeps its connections', () => {
  it('asks again on the one it has, and makes another when that was closed', async () => {
    let connections = 0;
    const server = http.createServer((_request, response) => response.end('well'));
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const client = createHttpClient({ allow: ['127.0.0.0/8'], timeoutMs: 5_000, maxBytes: 1000, maxRedirects: 0, keepAlive: true });
    const ask = () => client.request({ method: 'GET', url, headers: {} });
    for (let n = 0; n < 5; n += 1) expect(await ask()).toMatchObject({ kind: 'answered', body: 'well' });
    expect(connections).toBe(1);
    server.closeIdleConnections();
    expect(await ask()).toMatchObject({ kind: 'answered', body: 'well' });
    expect(connections).toBe(2);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
