import protobuf from 'protobufjs';
import { SECOND_MS } from '#kernel/instant.ts';

const SERIES_A_REQUEST = 500;
const LITERAL = 65_536;

const { root } = protobuf.parse(`
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }`);
const WriteRequest = root.lookupType('WriteRequest');

interface Series {
  labels: { name: string; value: string }[];
  samples: { value: number; timestamp: number }[];
}

/** Sends lines `name{label="value",…} value seconds`, those of a series one after another, to a Prometheus that takes remote writes. */
export async function writeRemotely(url: string, text: string): Promise<void> {
  let batch: Series[] = [];
  const flush = async (): Promise<void> => {
    const body = unpacked(WriteRequest.encode({ timeseries: batch }).finish());
    batch = [];
    const headers = {
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    };
    const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`remote write: ${answer.status} ${await answer.text()}`);
  };
  let known = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const end = line.indexOf('}') + 1;
    const series = line.slice(0, end);
    const [value, at] = line.slice(end).trim().split(' ');
    if (series !== known) {
      if (batch.length === SERIES_A_REQUEST) await flush();
      batch.push({ labels: labelsOf(series), samples: [] });
      known = series;
    }
    batch.at(-1)?.samples.push({ value: Number(value), timestamp: Number(at) * SECOND_MS });
  }
  await flush();
}

function labelsOf(series: string): Series['labels'] {
  const name = series.slice(0, series.indexOf('{'));
  const others = [...series.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => ({ name: label, value }));
  return [{ name: '__name__', value: name }, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Snappy's block format with nothing packed: the length, and literals. */
function unpacked(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  parts.push(Buffer.from([...length, rest]));
  for (let at = 0; at < bytes.length; at += LITERAL) {
    const literal = bytes.subarray(at, at + LITERAL);
    const tag = Buffer.from([61 << 2, 0, 0]);
    tag.writeUInt16LE(literal.length - 1, 1);
    parts.push(tag, Buffer.from(literal));
  }
  return new Uint8Array(Buffer.concat(parts));
}
