import { type RawBuilder, sql } from 'kysely';

/**
 * Many byte strings as one parameter, which travels as it is: an array of them would be written in hexadecimal, twice as long, and
 * read back from it. `starts` and `lengths` are to be unnested beside the other columns, under these names and integers both.
 */
interface BytesColumn {
  starts: number[];
  lengths: number[];
  /** Those of a row of `starts` and `lengths`. */
  value: RawBuilder<Uint8Array>;
}

export function bytesColumn(all: readonly Uint8Array[]): BytesColumn {
  const lengths = all.map((one) => one.byteLength);
  let end = 1;
  const starts = lengths.map((length) => (end += length) - length);
  return { starts, lengths, value: sql<Uint8Array>`substring(${Buffer.concat(all)}::bytea from start for length)` };
}
