import { AppError } from '#kernel/errors.ts';
import { isoOrNull, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Handlers } from '#kernel/operation.ts';
import type { OpenSource } from '#modules/signals/index.ts';
import type { HttpCall } from '#platform/http/call.ts';
import { applyObjectives, planObjectives } from './exchange/apply-objectives.ts';
import { backtestObjective, testDefinition } from './backtest/backtest.ts';
import type { ObjectiveBook } from './book.ts';
import { budgetPolicyRoutes, reviewRoutes } from './budget-policy/routes.ts';
import type { contract } from './contract.ts';
import { deleteObjective } from './edit/delete-objective.ts';
import { createCorrection } from './corrections/create-correction.ts';
import { decideCorrection } from './corrections/decide-correction.ts';
import { proposeCorrection } from './corrections/propose-correction.ts';
import { exportObjectives, importObjectives } from './exchange/exchange.ts';
import { explainView } from './read/explain-objective.ts';
import { previewObjective } from './backtest/preview-objective.ts';
import { pushCounts } from './push-counts.ts';
import { putObjective } from './edit/put-objective.ts';
import { type ObjectiveReader, oneOf } from './read/reader.ts';
import { spentByStretchView } from './read/spent-by-stretch.ts';
import { correctionsView, correctionView, groupsView, versionsView } from './read/views.ts';

export interface SloParts {
  reader: ObjectiveReader;
  book: ObjectiveBook;
  openSource: OpenSource;
}

export function routes({ reader, book, openSource }: SloParts): Handlers<typeof contract, HttpCall> {
  return {
    ...reading({ reader, book, openSource }),
    ...writing(reader),
    ...asCode(),
    ...budgetPolicyRoutes,
    ...reviewRoutes(reader),
  };
}

type All = Omit<Handlers<typeof contract, HttpCall>, keyof typeof budgetPolicyRoutes | keyof ReturnType<typeof reviewRoutes>>;
type Reading =
  | 'listObjectives'
  | 'getObjective'
  | 'getSeries'
  | 'listVersions'
  | 'listGroups'
  | 'explainObjective'
  | 'listCorrections'
  | 'spentByStretch'
  | 'backtestObjective'
  | 'previewObjective'
  | 'testObjective';
type AsCode = 'planObjectives' | 'applyObjectives' | 'exportObjectives' | 'importObjectives';

function reading({ reader, book, openSource }: SloParts): Pick<All, Reading> {
  return {
    listObjectives: (call, { query }) => reader.list(call.db, call.now, query),
    getObjective: (call, { params }) => reader.view(call.db, params.slug, call.now),
    getSeries: async (call, { params, query }) => {
      if (query.to <= query.from)
        throw new AppError('invalid_input', 'to: must be after from', { fields: [{ path: 'query.to', message: 'must be after from' }] });
      return reader.series(call.db, params.slug, call.now, query);
    },
    listVersions: (call, { params }) => versionsView(call.db, params.slug),
    listGroups: async (call, { params, query }) => {
      const objective = await oneOf(call.db, book, params.slug, call.now);
      return groupsView(call.db, book, objective, { now: call.now, ...query });
    },
    explainObjective: async (call, { params, query }) => {
      const objective = await oneOf(call.db, book, params.slug, call.now);
      return explainView(call.db, book, objective, { now: call.now, group: query.group ?? '' });
    },
    listCorrections: (call, { params }) => correctionsView(call.db, params.slug),
    spentByStretch: async (call, { params, body }) => {
      const objective = await oneOf(call.db, book, params.slug, call.now);
      return spentByStretchView(call.db, book, objective, { now: call.now, ...body });
    },
    backtestObjective: async (call, { params, body }) => {
      const objective = await oneOf(call.db, book, params.slug, call.now);
      await book.ready(call.db, [objective], call.now);
      return backtestObjective(call.db, book, objective, { ...body, now: call.now });
    },
    previewObjective: (call, { body }) => previewObjective(openSource, call.db, { ...body, now: call.now }),
    testObjective: (_call, { body }) => testDefinition({ ...body, stepMs: body.stepSeconds * SECOND_MS }),
  };
}

function writing(reader: ObjectiveReader): Omit<All, Reading | AsCode> {
  return {
    putObjective: async (call, { params, body }) => {
      await call.run(putObjective, { slug: params.slug, ifMatch: call.ifMatch, definition: body });
      return reader.view(call.db, params.slug, call.now);
    },
    deleteObjective: async (call, { params }) => {
      await call.run(deleteObjective, { slug: params.slug, ifMatch: call.ifMatch });
      return null;
    },
    pushCounts: async (call, { params, body }) => {
      const { accepted } = await call.run(pushCounts, { slug: params.slug, buckets: body.buckets });
      const ends = body.buckets.map((bucket) => plus(bucket.at, bucket.seconds * SECOND_MS));
      return { accepted, lastObservedAt: isoOrNull(ends.reduce((a, b) => (a > b ? a : b))) };
    },
    proposeCorrection: async (call, { params, body }) =>
      correctionView(await call.run(proposeCorrection, { slug: params.slug, ...body, source: body.source ?? null })),
    createCorrection: async (call, { params, body }) => correctionView(await call.run(createCorrection, { slug: params.slug, ...body })),
    decideCorrection: async (call, { params, body }) => correctionView(await call.run(decideCorrection, { id: params.id, ...body })),
  };
}

function asCode(): Pick<All, AsCode> {
  return {
    planObjectives: async (call, { body }) => {
      const { entries, problems } = await planObjectives(call.db, body, call.now);
      return { entries, problems: problems.map(({ index: _index, ...problem }) => problem) };
    },
    applyObjectives: async (call, { body }) => ({ entries: await call.run(applyObjectives, body) }),
    exportObjectives: (call, { query }) => exportObjectives(call.db, query),
    importObjectives: async (_call, { body }) => importObjectives(body),
  };
}
