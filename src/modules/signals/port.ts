import type { Instant } from '#kernel/instant.ts';

/**
 * What a provider of metrics implements: reading a query at aligned instants. It never throws for what the source does;
 * a source that is away, refuses or answers nonsense is a `failed`, which is a gap and never a zero.
 */
export interface MetricSource {
  /** Values at `from`, `from + stepMs`, … up to `to`, both included; a series is missing where it has none. */
  readRange(query: string, span: { from: Instant; to: Instant; stepMs: number }): Promise<SourceRead>;
}

export type SourceRead =
  | {
      kind: 'read';
      series: readonly SourceSeries[];
      /** Samples that the source says it touched; null where it does not say. */
      samples: number | null;
      warnings: readonly string[];
    }
  | { kind: 'failed'; code: SourceFailure; reason: string };

export type SourceFailure = 'unreachable' | 'refused' | 'unauthorized' | 'bad_query' | 'too_much' | 'bad_answer';

/** Failures of the source itself; the others are answers to one query. */
export const SOURCE_WIDE: ReadonlySet<SourceFailure> = new Set(['unreachable', 'refused', 'unauthorized', 'bad_answer'] as const);

/** How the app reaches a source; nothing is sent before something is read. */
export type ConnectSource = (connection: SourceConnection) => MetricSource;

export interface SourceSeries {
  /** Label names to values, `__name__` among them. */
  labels: Readonly<Record<string, string>>;
  points: readonly SourcePoint[];
}

export interface SourcePoint {
  at: Instant;
  value: SourceValue;
}

/** A float, or a native histogram: cumulative count, and buckets (lower, upper] with their own counts. */
export type SourceValue = number | { count: number; buckets: readonly { lower: number; upper: number; count: number }[] };

/** How a source is reached. Secrets are never shown again. */
export interface SourceConnection {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Sent as X-Scope-OrgID (Mimir, Cortex, Loki style). */
  tenant: string | null;
  auth: { kind: 'none' } | { kind: 'basic'; user: string; password: string } | { kind: 'bearer'; token: string };
  tls: { ca: string | null; cert: string | null; key: string | null; serverName: string | null; insecureSkipVerify: boolean } | null;
  timeoutMs: number;
}
