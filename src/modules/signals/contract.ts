import { z } from 'zod';
import { IsoTime } from '#kernel/instant-text.ts';
import { defineOperation, page, PageQuery } from '#kernel/operation.ts';
import { Slug, text } from '#kernel/text.ts';
import { SourceDefinition } from './core/connection/definition.ts';
import { Indicator } from './core/indicator.ts';

/** Where an objective's counts come from, and what they mean. */
export const IndicatorDefinition = Indicator;
export type IndicatorDefinition = Indicator;

const Failure = z.object({ code: z.string(), reason: z.string() });

/** A source as it is shown: of its secrets only that they are set. */
export const SourceView = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  address: z.string(),
  tenant: z.string().nullable(),
  /** Names of the headers that are sent. */
  headers: z.array(z.string()),
  auth: z.object({ kind: z.enum(['none', 'basic', 'bearer']), user: z.string().nullable(), isSecretSet: z.boolean() }),
  tls: z
    .object({
      ca: z.string().nullable(),
      cert: z.string().nullable(),
      isKeySet: z.boolean(),
      serverName: z.string().nullable(),
      insecureSkipVerify: z.boolean(),
    })
    .nullable(),
  lagSeconds: z.number(),
  timeoutSeconds: z.number(),
  version: z.number(),
  createdAt: IsoTime,
  /** `unread`: nothing was ever read; `dead`: silent for so long that an alert is open. */
  state: z.enum(['unread', 'ok', 'failing', 'dead']),
  lastReadAt: IsoTime.nullable(),
  failingSince: IsoTime.nullable(),
  /** Polls in a row that read nothing. */
  failures: z.number(),
  lastFailure: Failure.extend({ at: IsoTime }).nullable(),
  /** Indicators that are read from it, how many of them are still being backfilled, and how old the news of the last of them is. */
  indicators: z.number(),
  backfilling: z.number(),
  behindSeconds: z.number().nullable(),
});
export type SourceView = z.output<typeof SourceView>;

export const SourceTest = z.object({
  ok: z.boolean(),
  series: z.number(),
  /** Samples that the source touched, where it says so. */
  samples: z.number().nullable(),
  tookMs: z.number(),
  warnings: z.array(z.string()),
  failure: Failure.nullable(),
});
export type SourceTest = z.output<typeof SourceTest>;

const SourceParams = z.object({ slug: Slug });

export const contract = {
  listSources: defineOperation({
    id: 'signals.listSources',
    method: 'GET',
    path: '/sources',
    summary: 'Sources of metrics and how they are doing, by slug; never their secrets',
    query: PageQuery,
    response: page(SourceView),
    errors: ['invalid_input'],
    scope: 'viewer',
    cli: { command: 'sources list' },
  }),
  getSource: defineOperation({
    id: 'signals.getSource',
    method: 'GET',
    path: '/sources/:slug',
    summary: 'One source of metrics; never its secrets',
    params: SourceParams,
    response: SourceView,
    errors: ['invalid_input', 'not_found'],
    scope: 'viewer',
    cli: { command: 'sources show' },
  }),
  putSource: defineOperation({
    id: 'signals.putSource',
    method: 'PUT',
    path: '/sources/:slug',
    summary: 'Create or change a Prometheus-compatible source; secrets that are left out stay, unless the address leads elsewhere',
    params: SourceParams,
    body: SourceDefinition,
    response: SourceView,
    errors: ['invalid_input', 'precondition_failed'],
    scope: 'admin',
    versioned: true,
    cli: { command: 'sources apply' },
  }),
  deleteSource: defineOperation({
    id: 'signals.deleteSource',
    method: 'DELETE',
    path: '/sources/:slug',
    summary: 'Delete a source and its secrets; refused while an objective relies on it',
    params: SourceParams,
    response: z.null(),
    status: 204,
    errors: ['invalid_input', 'not_found', 'precondition_failed', 'conflict'],
    scope: 'admin',
    versioned: true,
    cli: { command: 'sources delete' },
  }),
  testSource: defineOperation({
    id: 'signals.testSource',
    method: 'POST',
    path: '/sources/:slug/test',
    summary: 'Ask a source once, for `up` or a query, and say what came of it',
    params: SourceParams,
    body: z.strictObject({ query: text(4000).default('up') }),
    response: SourceTest,
    errors: ['invalid_input', 'not_found'],
    scope: 'editor',
    cli: { command: 'sources test' },
  }),
  receiveOtlp: defineOperation({
    id: 'signals.receiveOtlp',
    method: 'POST',
    path: '/otlp/v1/metrics',
    root: true,
    summary: 'OTLP/HTTP metrics, as JSON or protobuf: what they count becomes the counts of the indicators that name them',
    body: z.record(z.string(), z.unknown()),
    response: z.object({ partialSuccess: z.object({ rejectedDataPoints: z.number(), errorMessage: z.string() }).optional() }),
    bytes: 'application/x-protobuf',
    errors: ['invalid_input'],
    scope: 'responder',
    bodyLimit: 8 * 1024 * 1024,
  }),
};
