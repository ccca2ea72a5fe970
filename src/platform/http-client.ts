import { lookup as resolveName } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { createGunzip } from 'node:zlib';

export interface HttpClientOptions {
  /** Networks (CIDR) that may be reached although they are private. */
  allow: readonly string[];
  /** For the whole request, redirects included. */
  timeoutMs: number;
  maxBytes: number;
  maxRedirects: number;
  /** Connections are kept for the next request: for who asks the same few places again and again. */
  keepAlive?: boolean;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** For this request, in place of the client's. */
  timeoutMs?: number;
  tls?: TlsOptions;
}

/** Certificates and keys are PEM. What is left out is as the system has it. */
export interface TlsOptions {
  /** Who may have signed the server's certificate, in place of the authorities that everybody trusts. */
  ca?: string;
  cert?: string;
  key?: string;
  /** The name that the certificate must be for, and that is asked for; the address's unless told. */
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** What a request to the outside came to. `refused` is ours: the address may not be reached. */
export type HttpResult =
  | { kind: 'answered'; status: number; headers: Record<string, string | undefined>; body: string }
  | { kind: 'refused'; reason: string }
  | { kind: 'failed'; reason: string; cause?: 'too_large' | 'too_slow' };

export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResult>;
}

const PRIVATE: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  // :: and ::1, and IPv4 in old coats: compatible, NAT64, Teredo, 6to4.
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2001::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

class RefusedTarget extends Error {}
class TooLarge extends Error {}

/** Whether an address may be reached: public ones, and private ones inside an allowed network. Judged on the address, after DNS. */
export function targetPolicy(allow: readonly string[]): (address: string) => boolean {
  const blocked = new BlockList();
  for (const [network, bits, family] of PRIVATE) blocked.addSubnet(network, bits, family);
  const allowed = new BlockList();
  for (const cidr of allow) {
    const [network = '', bits] = cidr.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    allowed.addSubnet(network, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return (address) => {
    // ::ffff:10.0.0.1 is 10.0.0.1 in another coat.
    const plain = address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    return allowed.check(plain, family) || !blocked.check(plain, family);
  };
}

/** A client for addresses that people type in: refuses private targets, follows few redirects and checks each, caps size and time. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const mayReach = targetPolicy(options.allow);
  const lookup: LookupFunction = (hostname, given, done) => {
    resolveName(hostname, { ...given, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0);
      const forbidden = addresses.find((entry) => !mayReach(entry.address));
      if (forbidden !== undefined) return done(new RefusedTarget(`${hostname} is ${forbidden.address}, a private address`), '', 0);
      if (given.all === true) return done(null, addresses);
      const [first] = addresses;
      done(null, first?.address ?? '', first?.family ?? 0);
    });
  };
  const agents = options.keepAlive === true ? { http: new http.Agent(KEPT), https: new https.Agent(KEPT) } : null;
  const follow = async (request: HttpRequest, redirectsLeft: number, signal: AbortSignal): Promise<HttpResult> => {
    const url = URL.parse(request.url);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
      return { kind: 'refused', reason: `${request.url} is not an http or https address` };
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !mayReach(literal))
      return { kind: 'refused', reason: `${literal} is a private address; NINES_ALLOW_TARGETS may allow it` };
    const agent = agents === null ? false : url.protocol === 'https:' ? agents.https : agents.http;
    const result = await exchange(request, url, { ...options, lookup, signal, agent });
    if (result.kind !== 'answered' || result.status < 300 || result.status > 399 || result.headers.location === undefined) return result;
    if (redirectsLeft === 0) return { kind: 'failed', reason: `more than ${options.maxRedirects} redirects` };
    const next = URL.parse(result.headers.location, url.href);
    if (next === null) return { kind: 'failed', reason: 'redirected to something that is not an address' };
    // A signed body goes only where it was sent to: another origin gets neither body nor credentials.
    return next.origin === url.origin
      ? follow({ ...request, url: next.href }, redirectsLeft - 1, signal)
      : { kind: 'refused', reason: `redirected to another origin, ${next.origin}` };
  };
  return {
    request: (request) => follow(request, options.maxRedirects, AbortSignal.timeout(request.timeoutMs ?? options.timeoutMs)),
  };
}

const KEPT = { keepAlive: true, maxFreeSockets: 16, scheduling: 'lifo' } as const;

type Exchange = HttpClientOptions & { lookup: LookupFunction; signal: AbortSignal; agent: http.Agent | false };

function exchange(request: HttpRequest, url: URL, options: Exchange): Promise<HttpResult> {
  const { lookup, signal } = options;
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      if (error instanceof RefusedTarget) return resolve({ kind: 'refused', reason: error.message });
      const reason = signal.aborted ? `no answer within ${request.timeoutMs ?? options.timeoutMs} ms` : error.message;
      const cause = signal.aborted ? 'too_slow' : error instanceof TooLarge ? 'too_large' : undefined;
      resolve(cause === undefined ? { kind: 'failed', reason } : { kind: 'failed', reason, cause });
    };
    const receive = (incoming: http.IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      // Only who asked for it gets a packed answer; its size is counted unpacked.
      const isPacked = incoming.headers['content-encoding'] === 'gzip';
      const body = isPacked ? incoming.pipe(createGunzip()) : incoming;
      if (isPacked) incoming.on('error', fail);
      body.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= options.maxBytes) return void chunks.push(chunk);
        fail(new TooLarge(`the answer is larger than ${options.maxBytes} bytes`));
        incoming.destroy();
        if (isPacked) body.destroy();
      });
      body.on('error', fail);
      body.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
        );
        resolve({ kind: 'answered', status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    };
    const how = { method: request.method, headers: request.headers, lookup, signal, agent: options.agent };
    try {
      const outgoing =
        url.protocol === 'https:' ? https.request(url, { ...how, ...request.tls }, receive) : http.request(url, how, receive);
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The other side had closed a connection that was kept: nothing of the request was taken, so it is sent once more.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(exchange(request, url, { ...options, agent: false }));
        else fail(error);
      });
      outgoing.end(request.body);
    } catch (error) {
      // A header that is none, or a certificate that cannot be read, is refused before anything is sent.
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
