import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../../api/client.ts';
import { ApiProblem } from '../../../api/problem.ts';
import { useMinute } from '../../../lib/clock.ts';
import { useSettled } from '../../../lib/settled.ts';
import type { FormProblem } from '../../../ui/form/form.tsx';
import type { Backtest } from '../backtest/past-chart.tsx';
import { type Trouble, troublesInput, useTroubles } from '../backtest/troubles.ts';
import { canPreview, type Definition, definitionOf, type Draft } from './draft.ts';

const DAY_MS = 86_400_000;
const STEP_MS = 15 * 60_000;
const PAST_DAYS = 30;

export interface Preview {
  /** Whether there is enough to ask with. */
  asked: boolean;
  busy: boolean;
  past: Backtest | undefined;
  troubles: readonly Trouble[];
  /** What the fields of the form are refused for. */
  problem: FormProblem | null;
  /** Why there is no past where no field is to blame. */
  error: unknown;
}

/** The past of the objective that is being written, asked for when a person pauses. */
export function usePreview(draft: Draft, written: Definition = definitionOf(draft)): Preview {
  const minute = useMinute();
  const to = Math.floor(minute / STEP_MS) * STEP_MS;
  const range = useMemo(() => ({ from: to - PAST_DAYS * DAY_MS, to }), [to]);
  const troubles = useTroubles(draft.service, range);
  const definition = useSettled(canPreview(draft) ? written : null);
  const asked = definition !== null;
  const body = {
    definition: definition ?? written,
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    troubles: troublesInput(troubles),
  };
  const {
    queryKey: [, ...key],
    queryFn,
  } = api.slo.previewObjective.query({ body });
  // Under a name of its own: what comes in elsewhere does not change this past.
  const query = useQuery({
    queryKey: ['slo-past', ...key],
    queryFn,
    enabled: asked,
    placeholderData: keepPreviousData,
    // A person who writes a query is told at once; the next change asks again.
    retry: false,
    staleTime: 300_000,
  });
  const problem = asked && query.error instanceof ApiProblem && query.error.fields.length > 0 ? query.error : null;
  return {
    asked,
    busy: asked && query.isFetching,
    past: asked && query.error === null ? query.data : undefined,
    troubles,
    problem,
    error: asked && problem === null ? query.error : null,
  };
}
