import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, both PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

export interface Authority {
  ca: string;
  /** A certificate for a DNS name, signed by this authority. */
  issue(name: string): Certificate;
}

const OIDS = {
  commonName: [0x55, 0x04, 0x03],
  subjectAltName: [0x55, 0x1d, 0x11],
  basicConstraints: [0x55, 0x1d, 0x13],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
} as const;

/** An authority of our own for tests of TLS, so that no key lies in the repository. Valid for a day around `now`. */
export function createAuthority(now: number): Authority {
  const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let serial = 1;
  const certify = (name: string, key: KeyObject, extension: Buffer): string => {
    serial += 1;
    const algorithm = sequence(oid(OIDS.ecdsaWithSha256));
    const body = sequence(
      tagged(0xa0, tagged(0x02, Buffer.of(2))),
      tagged(0x02, Buffer.of(serial)),
      algorithm,
      nameOf('Nines test authority'),
      sequence(time(now - 43_200_000), time(now + 43_200_000)),
      nameOf(name),
      key.export({ type: 'spki', format: 'der' }),
      tagged(0xa3, sequence(extension)),
    );
    const signature = Buffer.concat([Buffer.of(0), sign('sha256', body, root.privateKey)]);
    const base64 = sequence(body, algorithm, tagged(0x03, signature)).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
  };
  const isAuthority = sequence(oid(OIDS.basicConstraints), tagged(0x01, Buffer.of(0xff)), octets(sequence(tagged(0x01, Buffer.of(0xff)))));
  return {
    ca: certify('Nines test authority', root.publicKey, isAuthority),
    issue: (name) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const alternative = sequence(oid(OIDS.subjectAltName), octets(sequence(tagged(0x82, Buffer.from(name)))));
      return {
        cert: certify(name, own.publicKey, alternative),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

// DER: a tag, a length, the content.
function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function octets(content: Uint8Array): Buffer {
  return tagged(0x04, content);
}

function oid(bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(OIDS.commonName), tagged(0x0c, Buffer.from(commonName)))));
}

function time(at: number): Buffer {
  const text = new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return tagged(0x17, Buffer.from(text.slice(2)));
}
