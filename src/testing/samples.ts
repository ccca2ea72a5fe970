import { z } from 'zod';

/** What z.toJSONSchema says of an input, as far as samples need it. */
interface Described {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Described[];
  oneOf?: Described[];
  allOf?: Described[];
  format?: string;
  pattern?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  minItems?: number;
  items?: Described;
  prefixItems?: Described[];
  properties?: Record<string, Described>;
}

/** An input that a schema should take, every optional field filled in. What only a refinement knows goes by the field's name. */
export function sampleOf(schema: z.ZodType): unknown {
  return sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described, '');
}

const BY_NAME: Record<string, unknown> = {
  zone: 'Europe/Paris',
  startsOn: '2026-01-05',
  startsAt: '2026-11-19T01:00:00Z',
  endsAt: '2026-11-19T02:00:00Z',
  startedAt: '2026-11-19T01:00:00Z',
  finishedAt: '2026-11-19T02:00:00Z',
  window: '30d',
  due: '2026-12-01',
  target: 0.999,
  operations: 'catalog.listServices',
  participants: `per_${'0'.repeat(26)}`,
  impactStartedAt: '2026-11-19T00:00:00Z',
  declaredAt: '2026-11-19T00:05:00Z',
  mitigatedAt: '2026-11-19T00:30:00Z',
  resolvedAt: '2026-11-19T01:00:00Z',
};

function sample(described: Described, name: string): unknown {
  const [first] = described.anyOf ?? described.oneOf ?? described.allOf ?? [];
  if (first !== undefined) return sample(first, name);
  if (described.const !== undefined) return described.const;
  if (described.enum !== undefined) return described.enum[0];
  if (name in BY_NAME && described.type === typeof BY_NAME[name]) return BY_NAME[name];
  switch (described.type) {
    case 'object':
      return Object.fromEntries(Object.entries(described.properties ?? {}).map(([key, inner]) => [key, sample(inner, key)]));
    case 'array':
      return described.items === undefined ? [] : [sample(described.items, name)];
    case 'integer':
    case 'number':
      return described.minimum ?? (described.exclusiveMinimum === undefined ? 1 : described.exclusiveMinimum + 1);
    case 'boolean':
      return true;
    case 'string':
      return textOf(described);
    case undefined:
    default:
      return null;
  }
}

function textOf({ format, pattern, minLength }: Described): string {
  if (format === 'date-time') return '2026-11-19T02:00:00Z';
  if (format === 'email') return 'somebody@example.test';
  if (format === 'uri') return 'https://example.test/x';
  const prefix = /^\^([a-z]{3})_/.exec(pattern ?? '')?.[1];
  if (prefix !== undefined) return `${prefix}_${'0'.repeat(26)}`;
  if (pattern?.includes('[01]\\d|2[0-3]') === true) return '09:00';
  return 'sample'.padEnd(minLength ?? 0, 'x');
}

/** One way into a value: the keys that lead to a leaf or to a whole part. */
export type Way = readonly (string | number)[];

/** Every place inside a sample, parts before their leaves; of a list only its first item. */
export function placesIn(value: unknown, way: Way = []): Way[] {
  if (Array.isArray(value)) return [way, ...(value.length === 0 ? [] : placesIn(value[0], [...way, 0]))];
  if (typeof value !== 'object' || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...way, key]))];
}

/** A copy of a sample with something else in one place. */
export function replaced(value: unknown, way: Way, by: unknown): unknown {
  const [key, ...rest] = way;
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? replaced(item, rest, by) : (item as unknown)));
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: replaced(fields[key], rest, by) };
}
