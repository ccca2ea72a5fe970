import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, humanDuration, type Instant, MINUTE_MS } from '#kernel/instant.ts';
import type { Anchors } from './anchors.ts';
import { isWorse, type Severity } from './severity.ts';

/**
 * The life of an incident.
 *
 *     detected → triaged → declared → mitigated → resolved → learned
 *         └────────┴──────────┴→ cancelled
 *
 * Declaring is open from detection on: early and cheap, as cancelling is. `relapse` returns a mitigated incident to
 * declared, `reopen` a resolved or learned one, and both clear the anchors they undo. Resolving waits until impact has
 * been gone for the monitoring period, unless somebody says why not. The first occurrence of an anchor is kept.
 */
export const PHASES = ['detected', 'triaged', 'declared', 'mitigated', 'resolved', 'learned', 'cancelled'] as const;
export type Phase = (typeof PHASES)[number];

export interface IncidentState {
  phase: Phase;
  /** Null until triage or declaration proposes one. */
  severity: Severity | null;
  anchors: Anchors;
  /** How long impact must be gone before the incident may be resolved. */
  monitoringMs: DurationMs;
}

export const DEFAULT_MONITORING_MS: DurationMs = 30 * MINUTE_MS;

export type IncidentEvent =
  | { type: 'triage'; severity: Severity }
  | { type: 'declare'; severity: Severity }
  | { type: 'change_severity'; severity: Severity; reason: string }
  | { type: 'mitigate' }
  /** `earlyBecause` is why the monitoring period is cut short. */
  | { type: 'resolve'; earlyBecause: string | null }
  | { type: 'relapse' }
  | { type: 'reopen'; reason: string }
  /** The postmortem is done, or none is required. */
  | { type: 'learn' }
  | { type: 'cancel'; reason: string };

/** What is to be done outside because of a transition. */
export type IncidentEffect =
  | 'tell_audience'
  | 'page_audience'
  | 'start_update_clock'
  | 'restart_update_clock'
  | 'stop_update_clock'
  | 'ask_for_postmortem';

export type TransitionCode =
  | 'triaged'
  | 'declared'
  | 'severity_raised'
  | 'severity_lowered'
  | 'mitigated'
  | 'resolved'
  | 'resolved_early'
  | 'relapsed'
  | 'reopened'
  | 'learned'
  | 'cancelled';
export type RejectionCode = 'wrong_phase' | 'same_severity' | 'reason_missing' | 'still_monitoring' | 'not_declared';

export interface Transition {
  kind: 'transition';
  state: IncidentState;
  effects: readonly IncidentEffect[];
  because: Because<TransitionCode>;
}
export interface Rejection {
  kind: 'rejection';
  because: Because<RejectionCode>;
}

/** Phases in which each event is understood. */
const ALLOWED: Readonly<Record<IncidentEvent['type'], readonly Phase[]>> = {
  triage: ['detected'],
  declare: ['detected', 'triaged'],
  change_severity: ['triaged', 'declared', 'mitigated', 'resolved'],
  mitigate: ['declared'],
  resolve: ['mitigated'],
  relapse: ['mitigated'],
  reopen: ['resolved', 'learned'],
  learn: ['resolved'],
  cancel: ['detected', 'triaged', 'declared'],
};

export function step(state: IncidentState, event: IncidentEvent, at: Instant): Transition | Rejection {
  if (!ALLOWED[event.type].includes(state.phase)) {
    return reject('wrong_phase', `cannot ${event.type.replace('_', ' ')} an incident that is ${state.phase}`, {
      event: event.type,
      phase: state.phase,
    });
  }
  if ('reason' in event && event.reason.trim() === '') return reject('reason_missing', 'it needs a reason', { event: event.type });
  switch (event.type) {
    case 'triage':
      return move(
        state,
        { phase: 'triaged', severity: event.severity },
        [],
        because('triaged', `triaged as ${event.severity}`, { severity: event.severity }),
      );
    case 'declare': {
      const effects = ['tell_audience', 'page_audience', 'start_update_clock'] as const;
      const next = { phase: 'declared', severity: event.severity, anchors: mark(state.anchors, 'declaredAt', at) } as const;
      return move(state, next, effects, because('declared', `declared as ${event.severity}`, { severity: event.severity }));
    }
    case 'change_severity':
      return changeSeverity(state, event.severity, event.reason);
    case 'mitigate':
      return move(
        state,
        { phase: 'mitigated', anchors: mark(state.anchors, 'mitigatedAt', at) },
        [],
        because('mitigated', 'customers are no longer affected'),
      );
    case 'resolve':
      return resolve(state, event.earlyBecause, at);
    case 'relapse':
      return move(
        state,
        { phase: 'declared', anchors: { ...state.anchors, mitigatedAt: null } },
        ['tell_audience'],
        because('relapsed', 'the mitigation did not hold'),
      );
    case 'reopen': {
      const anchors = { ...state.anchors, mitigatedAt: null, resolvedAt: null };
      return move(
        state,
        { phase: 'declared', anchors },
        ['tell_audience', 'page_audience', 'start_update_clock'],
        because('reopened', event.reason, { reason: event.reason }),
      );
    }
    case 'learn':
      return move(state, { phase: 'learned' }, [], because('learned', 'what there was to learn is written'));
    case 'cancel':
      return move(state, { phase: 'cancelled' }, ['stop_update_clock'], because('cancelled', event.reason, { reason: event.reason }));
  }
}

function changeSeverity(state: IncidentState, severity: Severity, reason: string): Transition | Rejection {
  const facts = { from: state.severity, to: severity, reason };
  if (state.severity === null) return reject('not_declared', 'it has no severity yet', facts);
  if (state.severity === severity) return reject('same_severity', `it is ${severity} already`, facts);
  const clock = state.phase === 'declared' || state.phase === 'mitigated' ? (['restart_update_clock'] as const) : [];
  return isWorse(severity, state.severity)
    ? move(
        state,
        { severity },
        ['tell_audience', 'page_audience', ...clock],
        because('severity_raised', `${state.severity} to ${severity}: ${reason}`, facts),
      )
    : move(
        state,
        { severity },
        ['tell_audience', ...clock],
        because('severity_lowered', `${state.severity} to ${severity}: ${reason}`, facts),
      );
}

function resolve(state: IncidentState, earlyBecause: string | null, at: Instant): Transition | Rejection {
  const goneMs = at - (state.anchors.mitigatedAt ?? at);
  const facts = { goneMs, monitoringMs: state.monitoringMs, earlyBecause };
  const next = { phase: 'resolved', anchors: mark(state.anchors, 'resolvedAt', at) } as const;
  const effects = ['tell_audience', 'stop_update_clock', 'ask_for_postmortem'] as const;
  if (goneMs >= state.monitoringMs) return move(state, next, effects, because('resolved', `quiet for ${humanDuration(goneMs)}`, facts));
  if (earlyBecause === null || earlyBecause.trim() === '') {
    return reject(
      'still_monitoring',
      `quiet for ${humanDuration(goneMs)} of ${humanDuration(state.monitoringMs)}: wait, or say why not`,
      facts,
    );
  }
  return move(state, next, effects, because('resolved_early', earlyBecause, facts));
}

function mark(anchors: Anchors, anchor: keyof Anchors, at: Instant): Anchors {
  return { ...anchors, [anchor]: anchors[anchor] ?? at };
}

function move(
  state: IncidentState,
  change: Partial<IncidentState>,
  effects: readonly IncidentEffect[],
  reason: Because<TransitionCode>,
): Transition {
  return { kind: 'transition', state: { ...state, ...change }, effects, because: reason };
}

function reject(code: RejectionCode, text: string, facts: Because['facts']): Rejection {
  return { kind: 'rejection', because: because(code, text, facts) };
}
