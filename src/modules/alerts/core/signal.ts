import { because, type Because } from '#kernel/errors.ts';
import { type Instant } from '#kernel/instant.ts';
import { InstantText } from '#kernel/instant-text.ts';

export const SEVERITIES = ['critical', 'warning', 'ticket'] as const;
export type AlertSeverity = (typeof SEVERITIES)[number];

/** What a sender said, mapped. Everything that could not be mapped has a note, and the raw text is kept besides. */
export interface AlertSignal {
  key: string;
  status: 'firing' | 'resolved';
  summary: string;
  severity: AlertSeverity;
  service: string | null;
  labels: Record<string, string>;
  links: Record<string, string>;
  startedAt: Instant | null;
  notes: Because<MappingCode>[];
}

export type MappingCode =
  | 'severity_unknown'
  | 'status_unknown'
  | 'summary_missing'
  | 'key_missing'
  | 'not_an_object'
  | 'field_dropped'
  | 'time_unreadable';

const SEVERITY_WORDS: Record<string, AlertSeverity> = {
  critical: 'critical',
  crit: 'critical',
  page: 'critical',
  emergency: 'critical',
  fatal: 'critical',
  sev1: 'critical',
  sev2: 'critical',
  p1: 'critical',
  high: 'critical',
  error: 'critical',
  warning: 'warning',
  warn: 'warning',
  p2: 'warning',
  sev3: 'warning',
  medium: 'warning',
  ticket: 'ticket',
  info: 'ticket',
  informational: 'ticket',
  low: 'ticket',
  p3: 'ticket',
  p4: 'ticket',
  sev4: 'ticket',
  none: 'ticket',
};
const STATUS_WORDS: Record<string, AlertSignal['status']> = {
  firing: 'firing',
  open: 'firing',
  triggered: 'firing',
  trigger: 'firing',
  alerting: 'firing',
  problem: 'firing',
  resolved: 'resolved',
  resolve: 'resolved',
  ok: 'resolved',
  closed: 'resolved',
  recovery: 'resolved',
};
const MOST_PAIRS = 64;

/**
 * Maps one item of an intake leniently: a page is never lost to a badly filled field. Unknown severities are taken as
 * critical and unknown states as firing, with a note; text is cut to what can be stored.
 */
export function mapSignal(item: unknown): AlertSignal {
  const notes: Because<MappingCode>[] = [];
  const fields = typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as Record<string, unknown>) : undefined;
  if (fields === undefined) notes.push(because('not_an_object', 'The signal is not an object; it is kept word for word.', {}));
  const summary = textOf(fields?.summary, 500);
  const key = textOf(fields?.key, 300);
  if (summary === undefined) notes.push(because('summary_missing', 'The signal has no summary.', {}));
  if (key === undefined) notes.push(because('key_missing', 'The signal has no key; its summary stands for it.', {}));
  return {
    key: key ?? summary ?? 'unnamed',
    status: wordOf(fields?.status, STATUS_WORDS, 'firing', (received) =>
      notes.push(because('status_unknown', `The status ${received} is unknown; taken as firing.`, { received })),
    ),
    summary: summary ?? key ?? 'A signal without a summary',
    severity: wordOf(fields?.severity, SEVERITY_WORDS, 'critical', (received) =>
      notes.push(because('severity_unknown', `The severity ${received} is unknown; taken as critical.`, { received })),
    ),
    service: textOf(fields?.service, 64) ?? null,
    labels: pairsOf(fields?.labels, 'labels', notes),
    links: pairsOf(fields?.links, 'links', notes),
    startedAt: startOf(fields?.startedAt, notes),
    notes,
  };
}

/** Text that PostgreSQL can hold: no NUL, no half surrogates, at most `max` characters. */
function storable(text: string, max: number): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD').slice(0, max).toWellFormed();
}

function textOf(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = storable(String(value), max).trim();
  return text === '' ? undefined : text;
}

function wordOf<W>(value: unknown, words: Record<string, W>, otherwise: W, onUnknown: (received: string) => void): W {
  if (value === undefined || value === null) return otherwise;
  const received = storable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 60);
  const lower = received.trim().toLowerCase();
  const word = Object.hasOwn(words, lower) ? words[lower] : undefined;
  if (word === undefined) onUnknown(received);
  return word ?? otherwise;
}

function pairsOf(value: unknown, field: string, notes: Because<MappingCode>[]): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    notes.push(because('field_dropped', `${field} is not an object; kept only in the raw text.`, { field }));
    return {};
  }
  const pairs: [string, string][] = [];
  for (const [name, entry] of Object.entries(value)) {
    const text = textOf(entry, 1024) ?? (entry === '' ? '' : undefined);
    if (text === undefined || name === '__proto__' || pairs.length >= MOST_PAIRS) {
      notes.push(
        because('field_dropped', `${field}.${storable(name, 60)} cannot be mapped; kept only in the raw text.`, {
          field: `${field}.${storable(name, 60)}`,
        }),
      );
      continue;
    }
    pairs.push([storable(name, 128), text]);
  }
  return Object.fromEntries(pairs);
}

function startOf(value: unknown, notes: Because<MappingCode>[]): Instant | null {
  if (value === undefined || value === null) return null;
  const parsed = InstantText.safeParse(value);
  if (parsed.success) return parsed.data;
  const received = storable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 60);
  notes.push(because('time_unreadable', `startedAt ${received} is not a time; the time of receipt is used.`, { received }));
  return null;
}
