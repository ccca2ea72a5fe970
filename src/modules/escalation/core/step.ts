import { assertNever, because, type Because } from '#kernel/errors.ts';
import { type Instant, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Step } from './policy.ts';

/**
 * The life of a page.
 *
 *   open ──acknowledged──▶ acknowledged        open ──alert over──▶ ended
 *   open ──delay passes──▶ open (next step, then the next round)
 *   open ──no step left──▶ exhausted ──acknowledged──▶ acknowledged   exhausted ──alert over──▶ ended
 *
 * An open page always has a `nextAt`; every other state is a written ending. Exhausted is an ending of the policy, not
 * of the page: the fallback contact has been alarmed and somebody may still acknowledge.
 */
export type PageState = 'open' | 'exhausted' | 'acknowledged' | 'ended';

export interface Page {
  state: PageState;
  /** Index of the step that was paged last. */
  step: number;
  /** 0 for the first pass through the steps. */
  round: number;
  nextAt: Instant | null;
}

export interface Policy {
  steps: readonly Step[];
  /** Passes after the first one. */
  repeats: number;
}

/** Events that may page somebody bring whom each step would page at that instant. */
export type PageEvent =
  | ({ kind: 'opened' } & StepFacts)
  | ({ kind: 'timer' } & StepFacts)
  | { kind: 'acknowledged' }
  | { kind: 'alert_resolved' };

/** Somebody a step's target led to, with the target in words. */
export interface Paged {
  personId: string;
  via: string;
}

/** What the outside knows at this instant: whom each step would page now. A step in a gap has nobody. */
export interface StepFacts {
  peopleByStep: readonly (readonly Paged[])[];
}

export type PageCode =
  | 'policy_begins'
  | 'not_acknowledged_in_time'
  | 'nobody_on_call_skipped'
  | 'round_begins_again'
  | 'policy_ran_out'
  | 'no_policy'
  | 'acknowledged'
  | 'alert_over';

/** Effects are data; the verb turns each into rows and jobs of the same transaction. */
export type PageEffect =
  | { kind: 'notify'; step: number; round: number; people: readonly Paged[] }
  | { kind: 'cancel_notices' }
  | { kind: 'alarm_fallback' };

export interface Transition {
  kind: 'transition';
  page: Page;
  effects: readonly PageEffect[];
  /** In order; the last one is why the page is now where it is. */
  because: readonly Because<PageCode>[];
}

export type RejectionCode = 'already_acknowledged' | 'already_over' | 'not_due' | 'already_open';

export interface Rejection {
  kind: 'rejection';
  because: Because<RejectionCode>;
}

/** Moves a page by one event. Total: what cannot be done is a rejection with its reason. */
export function step(policy: Policy, page: Page | undefined, event: PageEvent, at: Instant): Transition | Rejection {
  if (page === undefined) {
    if (event.kind !== 'opened') return rejection('already_over', 'There is no page.', {});
    return advance({
      policy,
      facts: event,
      at,
      from: { step: -1, round: 0 },
      lead: because('policy_begins', 'The policy begins.', { steps: policy.steps.length }),
    });
  }
  if (event.kind === 'opened') return rejection('already_open', 'The alert has its page already.', { state: page.state });
  if (page.state === 'acknowledged')
    return rejection('already_acknowledged', 'Somebody has acknowledged it already.', { state: page.state });
  if (page.state === 'ended') return rejection('already_over', 'The alert is over.', { state: page.state });
  switch (event.kind) {
    case 'acknowledged':
      return finish(page, 'acknowledged', because('acknowledged', 'Somebody took it.', { step: page.step + 1, round: page.round + 1 }));
    case 'alert_resolved':
      return finish(
        page,
        'ended',
        because('alert_over', 'The alert ended before anybody acknowledged.', { step: page.step + 1, round: page.round + 1 }),
      );
    case 'timer':
      if (page.state !== 'open' || page.nextAt === null || at < page.nextAt)
        return rejection('not_due', 'No step is due.', { state: page.state, nextAt: page.nextAt });
      return advance({
        policy,
        facts: event,
        at,
        from: page,
        lead: because('not_acknowledged_in_time', `Step ${page.step + 1} was not acknowledged in time.`, {
          step: page.step + 1,
          delaySeconds: policy.steps[page.step]?.delaySeconds ?? 0,
        }),
      });
    default:
      return assertNever(event);
  }
}

function rejection(code: RejectionCode, text: string, facts: Because['facts']): Rejection {
  return { kind: 'rejection', because: because(code, text, facts) };
}

function finish(page: Page, state: 'acknowledged' | 'ended', reason: Because<PageCode>): Transition {
  return { kind: 'transition', page: { ...page, state, nextAt: null }, effects: [{ kind: 'cancel_notices' }], because: [reason] };
}

interface Advance {
  policy: Policy;
  facts: StepFacts;
  at: Instant;
  /** Where the page stands; step -1 before the first. */
  from: { step: number; round: number };
  lead: Because<PageCode>;
}

/** Goes to the next step that reaches somebody. A whole round of gaps, or the end of the last round, exhausts the policy. */
function advance({ policy, facts, at, from, lead }: Advance): Transition {
  const reasons = [lead];
  const inAll = policy.steps.length * (policy.repeats + 1);
  let place = from.round * policy.steps.length + from.step + 1;
  for (; place < inAll; place += 1) {
    const index = place % policy.steps.length;
    const round = Math.floor(place / policy.steps.length);
    const people = facts.peopleByStep[index] ?? [];
    const current = policy.steps[index];
    if (people.length === 0 || current === undefined) {
      reasons.push(
        because('nobody_on_call_skipped', `Step ${index + 1} reaches nobody now; skipped.`, { step: index + 1, round: round + 1 }),
      );
      continue;
    }
    if (index === 0 && round > 0)
      reasons.push(
        because('round_begins_again', `Round ${round + 1} of ${policy.repeats + 1} begins.`, {
          round: round + 1,
          rounds: policy.repeats + 1,
        }),
      );
    return {
      kind: 'transition',
      page: { state: 'open', step: index, round, nextAt: plus(at, current.delaySeconds * SECOND_MS) },
      effects: [{ kind: 'notify', step: index, round, people }],
      because: reasons,
    };
  }
  const empty = policy.steps.length === 0;
  reasons.push(
    empty
      ? because('no_policy', 'No policy covers this alert; the fallback contact is alarmed.', {})
      : because('policy_ran_out', 'Nobody acknowledged in any step; the fallback contact is alarmed.', {
          steps: policy.steps.length,
          rounds: policy.repeats + 1,
        }),
  );
  const last = { step: Math.max(0, policy.steps.length - 1), round: policy.repeats };
  return {
    kind: 'transition',
    page: { state: 'exhausted', ...last, nextAt: null },
    effects: [{ kind: 'alarm_fallback' }],
    because: reasons,
  };
}
