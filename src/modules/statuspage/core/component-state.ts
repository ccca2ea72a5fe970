import { type Because, because } from '#kernel/errors.ts';
import type { Instant } from '#kernel/instant.ts';

/** From best to worst. */
export const COMPONENT_STATES = ['operational', 'degraded', 'partial_outage', 'major_outage'] as const;
export type ComponentState = (typeof COMPONENT_STATES)[number];

type Severity = 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4';

/** What the public may know of an incident: from when until when it touched which components, and how badly. A change of severity gives a second one. */
export interface PublicImpact {
  incidentId: string;
  componentIds: readonly string[];
  severity: Severity;
  startsAt: Instant;
  /** Null while it lasts. */
  endsAt: Instant | null;
}

const STATE_OF: Readonly<Record<Severity, ComponentState>> = {
  SEV4: 'operational',
  SEV3: 'degraded',
  SEV2: 'partial_outage',
  SEV1: 'major_outage',
};

/** SEV4 leaves a component operational, SEV3 degrades it, SEV2 is a partial and SEV1 a major outage. */
export function stateOfSeverity(severity: Severity): ComponentState {
  return STATE_OF[severity];
}

export function worstState(states: readonly ComponentState[]): ComponentState {
  return COMPONENT_STATES[Math.max(0, ...states.map((state) => COMPONENT_STATES.indexOf(state)))] ?? 'operational';
}

const WORDS: Readonly<Record<ComponentState, string>> = {
  operational: 'operational',
  degraded: 'degraded performance',
  partial_outage: 'a partial outage',
  major_outage: 'a major outage',
};

export type ComponentCode = 'no_incident' | 'incident_open' | 'incident_without_user_impact';

export interface ComponentVerdict {
  state: ComponentState;
  because: Because<ComponentCode>;
}

/** The state of a component at an instant: that of the worst incident open on it, in customers' words. Intervals are half-open. */
export function componentStateAt(componentId: string, impacts: readonly PublicImpact[], at: Instant): ComponentVerdict {
  const open = impacts.filter(
    (impact) => impact.componentIds.includes(componentId) && impact.startsAt <= at && (impact.endsAt === null || at < impact.endsAt),
  );
  const state = worstState(open.map((impact) => STATE_OF[impact.severity]));
  const worst = open.find((impact) => STATE_OF[impact.severity] === state);
  if (worst === undefined) return { state, because: because('no_incident', 'no incident is open on it') };
  const facts = { incidentId: worst.incidentId, open: open.length };
  return state === 'operational'
    ? { state, because: because('incident_without_user_impact', `${worst.incidentId} does not affect users`, facts) }
    : { state, because: because('incident_open', `${worst.incidentId} gives it ${WORDS[state]}`, facts) };
}

export type OverallCode = 'all_operational' | 'some_affected' | 'all_affected' | 'no_components';

export interface Overall {
  state: ComponentState;
  /** For the top of the page. */
  sentence: string;
  because: Because<OverallCode>;
}

/** The worst state of all components, as a sentence that names the components in it (three at most). */
export function overallState(components: readonly { name: string; state: ComponentState }[]): Overall {
  if (components.length === 0)
    return {
      state: 'operational',
      sentence: 'Nothing is watched here yet',
      because: because('no_components', 'the page has no components'),
    };
  const state = worstState(components.map((component) => component.state));
  const facts = { components: components.length, affected: components.filter((component) => component.state !== 'operational').length };
  if (state === 'operational')
    return { state, sentence: 'All systems operational', because: because('all_operational', 'every component is operational', facts) };
  const names = components.filter((component) => component.state === state).map((component) => component.name);
  const code: OverallCode = facts.affected === components.length ? 'all_affected' : 'some_affected';
  const sentence = `${listOf(names)} ${names.length === 1 ? 'has' : 'have'} ${WORDS[state]}`;
  return { state, sentence, because: because(code, `${facts.affected} of ${facts.components} components are affected`, facts) };
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  const last = names.length > 3 ? `${names.length - 3} more` : shown.pop();
  return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} and ${last}`;
}
