import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, MINUTE_MS, plus } from '#kernel/instant.ts';
import { type Page, type PageEvent, type StepFacts, type Policy, step, type Transition } from './step.ts';

const at = instant(Date.UTC(2026, 10, 19, 2, 4, 49));
const policy: Policy = {
  steps: ['primary', 'secondary', 'manager'].map((slug) => ({ targets: [{ kind: 'schedule' as const, slug }], delaySeconds: 900 })),
  repeats: 0,
};
const facts = {
  peopleByStep: [
    [{ personId: 'per_mara', via: 'primary' }],
    [{ personId: 'per_tomas', via: 'secondary' }],
    [{ personId: 'per_priya', via: 'manager' }],
  ],
};

type Kind = { kind: PageEvent['kind'] };

function eventOf({ kind }: Kind, given: StepFacts = facts): PageEvent {
  return kind === 'opened' || kind === 'timer' ? { kind, ...given } : { kind };
}

function moved(page: Page | undefined, event: Kind, now = at, options: { facts?: StepFacts; policy?: Policy } = {}): Transition {
  const result = step(options.policy ?? policy, page, eventOf(event, options.facts), now);
  if (result.kind === 'rejection') throw new Error(result.because.text);
  return result;
}

describe('a page', () => {
  it('begins with the first step and has a next one in the future', () => {
    expect(moved(undefined, { kind: 'opened' })).toMatchObject({
      page: { state: 'open', step: 0, round: 0, nextAt: plus(at, 15 * MINUTE_MS) },
      effects: [{ kind: 'notify', step: 0, people: [{ personId: 'per_mara' }] }],
      because: [{ code: 'policy_begins', facts: { steps: 3 } }],
    });
  });

  it('goes to the secondary, the manager and the fallback when nobody acknowledges', () => {
    let page: Page | undefined;
    const seen: string[] = [];
    let now = at;
    for (const event of [{ kind: 'opened' }, { kind: 'timer' }, { kind: 'timer' }, { kind: 'timer' }] as const) {
      const next: Transition = moved(page, event, now);
      page = next.page;
      now = page.nextAt ?? now;
      for (const effect of next.effects) seen.push(effect.kind === 'notify' ? (effect.people[0]?.personId ?? '') : effect.kind);
    }
    expect(seen).toEqual(['per_mara', 'per_tomas', 'per_priya', 'alarm_fallback']);
    expect(page).toMatchObject({ state: 'exhausted', nextAt: null });
  });

  it('skips a step that reaches nobody, at once, and says so', () => {
    const gap = { peopleByStep: [[], facts.peopleByStep[1] ?? [], []] };
    expect(moved(undefined, { kind: 'opened' }, at, { facts: gap })).toMatchObject({
      page: { step: 1 },
      because: [{ code: 'policy_begins' }, { code: 'nobody_on_call_skipped', facts: { step: 1 } }],
    });
  });

  it('alarms the fallback at once when no step reaches anybody', () => {
    expect(moved(undefined, { kind: 'opened' }, at, { facts: { peopleByStep: [[], [], []] } })).toMatchObject({
      page: { state: 'exhausted' },
      effects: [{ kind: 'alarm_fallback' }],
    });
    expect(moved(undefined, { kind: 'opened' }, at, { facts: { peopleByStep: [] }, policy: { steps: [], repeats: 1 } })).toMatchObject({
      page: { state: 'exhausted' },
      because: [{}, { code: 'no_policy' }],
    });
  });

  it('begins again as often as the policy repeats', () => {
    const twice = { ...policy, repeats: 1 };
    const end: Page = { state: 'open', step: 2, round: 0, nextAt: at };
    expect(moved(end, { kind: 'timer' }, at, { policy: twice })).toMatchObject({
      page: { step: 0, round: 1 },
      because: [{}, { code: 'round_begins_again', facts: { round: 2, rounds: 2 } }],
    });
    expect(moved({ ...end, round: 1 }, { kind: 'timer' }, at, { policy: twice }).page.state).toBe('exhausted');
  });

  it('ends with the acknowledgement, also after the policy ran out, and calls off what is still queued', () => {
    for (const state of ['open', 'exhausted'] as const) {
      const page: Page = { state, step: 1, round: 0, nextAt: state === 'open' ? at : null };
      expect(moved(page, { kind: 'acknowledged' })).toMatchObject({
        page: { state: 'acknowledged', nextAt: null },
        effects: [{ kind: 'cancel_notices' }],
        because: [{ code: 'acknowledged' }],
      });
    }
  });

  it('refuses a second acknowledgement, a late timer and a page without an alert, each with its reason', () => {
    const acknowledged: Page = { state: 'acknowledged', step: 0, round: 0, nextAt: null };
    expect(step(policy, acknowledged, { kind: 'acknowledged' }, at)).toMatchObject({
      kind: 'rejection',
      because: { code: 'already_acknowledged' },
    });
    expect(step(policy, acknowledged, eventOf({ kind: 'timer' }), at)).toMatchObject({ kind: 'rejection' });
    expect(step(policy, { ...acknowledged, state: 'ended' }, { kind: 'acknowledged' }, at)).toMatchObject({
      because: { code: 'already_over' },
    });
    expect(step(policy, { ...acknowledged, state: 'open', nextAt: plus(at, 1) }, eventOf({ kind: 'timer' }), at)).toMatchObject({
      because: { code: 'not_due' },
    });
    expect(step(policy, { ...acknowledged, state: 'open', nextAt: at }, eventOf({ kind: 'opened' }), at)).toMatchObject({
      because: { code: 'already_open' },
    });
  });

  it('in every reachable state either has a step in the future or a written ending, and never notifies after an ending', () => {
    const events = fc.array(fc.constantFrom<Kind>({ kind: 'timer' }, { kind: 'acknowledged' }, { kind: 'alert_resolved' }), {
      maxLength: 12,
    });
    const people = fc.array(fc.array(fc.record({ personId: fc.constantFrom('a', 'b'), via: fc.constant('x') }), { maxLength: 2 }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(events, people, fc.nat({ max: 2 }), (sequence, peopleByStep, repeats) => {
        let { page } = moved(undefined, { kind: 'opened' }, at, { facts: { peopleByStep }, policy: { ...policy, repeats } });
        let now = at;
        for (const event of sequence) {
          expect(page.state === 'open').toBe(page.nextAt !== null);
          if (page.nextAt !== null) expect(page.nextAt).toBeGreaterThan(now);
          if (event.kind === 'timer' && page.nextAt !== null) now = page.nextAt;
          const result = step({ ...policy, repeats }, page, eventOf(event, { peopleByStep }), now);
          if (result.kind === 'rejection') continue;
          if (page.state !== 'open') expect(result.effects.some((effect) => effect.kind === 'notify')).toBe(false);
          page = result.page;
        }
      }),
    );
  });
});
