import type { api } from '../../../api/client.ts';
import { numberOf } from '../nines/nines.ts';
import { type PairDraft, pairDrafts, pairProblems, pairsInput, usualPairs } from '../pairs/pair-draft.ts';
import { usualMs, type WindowDraft, windowDraft, windowInput } from '../window-draft.ts';

type Body = NonNullable<Parameters<typeof api.slo.backtestObjective>[0]['body']>;
export type Terms = NonNullable<Body['terms']>;

export const GAPS = [
  { value: 'gap', label: 'unknown: traffic without failures' },
  { value: 'good', label: 'good, and never holds an alert' },
  { value: 'bad', label: 'bad: all of it failed' },
] as const;

export const PRESETS = [
  { value: 'default', label: 'Default: 14.4×, 6×, 3×, 1×' },
  { value: 'ticket_3x_3d', label: 'Ticket at 3× over 3 d' },
  { value: 'none', label: 'No alerts on burn' },
] as const;

/** What a person chooses among: the presets, and pairs of one's own. */
export const CHOICES = [...PRESETS, { value: 'own', label: 'Its own pairs' }] as const;

type AlertTerms = Pick<TermsDraft, 'preset' | 'pairs' | 'target' | 'window'>;

/** A choice of alerts; pairs of one's own begin with those of the preset where there are none yet. */
export function presetChosen(chosen: string, draft: AlertTerms): Pick<TermsDraft, 'preset' | 'pairs'> {
  const preset = CHOICES.find(({ value }) => value === chosen)?.value ?? 'default';
  return { preset, pairs: preset === 'own' && draft.pairs.length === 0 ? usualOf(draft) : draft.pairs };
}

/** The pairs of its preset, of the default one where it has pairs of its own. */
export function usualOf({ preset, target, window }: AlertTerms): PairDraft[] {
  const share = isTarget(target) ? (numberOf(target) ?? 0) / 100 : undefined;
  return usualPairs({ preset: preset === 'own' ? 'default' : preset, target: share, periodMs: usualMs(window) });
}

type Gaps = (typeof GAPS)[number]['value'];
type Preset = (typeof PRESETS)[number]['value'];

/** Terms as they stand in the form; the target in percent, as it is typed. */
export interface TermsDraft {
  target: string;
  window: WindowDraft;
  gaps: Gaps;
  /** `own` for pairs of its own. */
  preset: Preset | 'own';
  pairs: readonly PairDraft[];
}

type Definition = Record<string, unknown>;

/** What a definition says of its alerts, nothing where it says nothing. */
export function alertingOf(definition: Definition | null): Record<string, unknown> {
  const alerting = definition?.['alerting'];
  return typeof alerting === 'object' && alerting !== null ? { ...alerting } : {};
}

/** The terms that govern, as a draft to change. */
export function termsDraft(definition: Definition | null, target: number): TermsDraft {
  const alerting = alertingOf(definition);
  return {
    target: String(Number((target * 100).toFixed(7))),
    window: windowDraft(definition?.['window']),
    gaps: GAPS.find(({ value }) => value === definition?.['gaps'])?.value ?? 'gap',
    pairs: pairDrafts(alerting['pairs']),
    preset: 'pairs' in alerting ? 'own' : (PRESETS.find(({ value }) => value === alerting['preset'])?.value ?? 'default'),
  };
}

/** Whether a text is a target in percent: above 0 and below 100. */
export function isTarget(text: string): boolean {
  const percent = numberOf(text);
  return percent !== undefined && percent > 0 && percent < 100;
}

/** Whether other alerts are chosen than govern. */
export function isOtherAlerting(draft: AlertsDraft, governing: AlertsDraft): boolean {
  if (draft.preset !== governing.preset) return true;
  return draft.preset === 'own' && JSON.stringify(pairsInput(draft.pairs)) !== JSON.stringify(pairsInput(governing.pairs));
}

type AlertsDraft = Pick<TermsDraft, 'preset' | 'pairs'>;

/** What differs from the governing terms, as the API takes it; undefined where nothing does, or the target is no target or a pair none. */
export function changedTerms(draft: TermsDraft, governing: TermsDraft, definition: Definition | null): Terms | undefined {
  if (!isTarget(draft.target) || (draft.preset === 'own' && pairProblems(draft.pairs).length > 0)) return undefined;
  const window = windowInput(draft.window);
  const { pairs: _, preset: __, ...alerting } = alertingOf(definition);
  const terms: Terms = {
    ...(draft.target !== governing.target && { target: Number(((numberOf(draft.target) ?? 0) / 100).toFixed(9)) }),
    ...(JSON.stringify(window) !== JSON.stringify(windowInput(governing.window)) && { window }),
    ...(draft.gaps !== governing.gaps && { gaps: draft.gaps }),
    ...(isOtherAlerting(draft, governing) && {
      alerting: { ...alerting, ...(draft.preset === 'own' ? { pairs: pairsInput(draft.pairs) } : { preset: draft.preset }) },
    }),
  };
  return Object.keys(terms).length === 0 ? undefined : terms;
}
