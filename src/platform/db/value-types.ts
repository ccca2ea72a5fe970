import pg from 'pg';
import { AppError } from '#kernel/errors.ts';

type Parse = (text: string) => unknown;

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;
const INT8_ARRAY = 1016;
const TIMESTAMPTZ_ARRAY = 1185;
const NUMERIC_ARRAY = 1231;
const DATE_ARRAY = 1182;
const TEXT_ARRAY = 1009;

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new AppError('internal', `the database holds ${text}, which is not a safe integer`);
  return value;
}

/** Reads `2026-11-20 13:05:07.123+00` as epoch milliseconds. */
function parseTimestamp(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?$/.exec(text);
  const value = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}${match[3]}${match[4] ?? ':00'}`);
  if (Number.isNaN(value)) throw new AppError('internal', `the database holds the time ${text}, which cannot be read`);
  return value;
}

function each(parse: Parse): Parse {
  const parseArray = pg.types.getTypeParser(TEXT_ARRAY as never) as (text: string) => (string | null)[];
  return (text) => parseArray(text).map((item) => (item === null ? null : parse(item)));
}

const PARSERS: Record<number, Parse> = {
  [INT8]: parseInt8,
  [NUMERIC]: Number,
  [TIMESTAMPTZ]: parseTimestamp,
  // A calendar day stays text; the driver would make it midnight in the machine's zone.
  [DATE]: (text) => text,
  [INT8_ARRAY]: each(parseInt8),
  [NUMERIC_ARRAY]: each(Number),
  [TIMESTAMPTZ_ARRAY]: each(parseTimestamp),
  [DATE_ARRAY]: each((text) => text),
};

/** What columns become in JavaScript: timestamptz an Instant, int8 and numeric a number, date its text. */
export const VALUE_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : PARSERS[oid]) ?? pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
};
