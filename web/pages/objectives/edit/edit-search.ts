import { GAPS, isOtherAlerting, PRESETS, type TermsDraft } from '../backtest/terms.ts';
import type { Draft } from '../create/draft.ts';
import { pairsText, parsePairs } from '../pairs/pair-draft.ts';
import { CALENDAR_UNITS, type WindowDraft, windowDraft } from '../window-draft.ts';

/** Terms that the edit form opens with, as they stand in an address; what differs from the latest version only. */
export interface EditSearch {
  target?: string | undefined;
  /** `28d`, or `month@Europe/Berlin`. */
  window?: string | undefined;
  gaps?: Draft['gaps'] | undefined;
  preset?: Exclude<Draft['preset'], 'own'> | undefined;
  /** Pairs of its own: `critical-1h-5m-14.4x_ticket-3d-6h-10p`. */
  pairs?: string | undefined;
}

/** What an address may say; anything else is undefined, which also keeps the router from passing it on. A number in it was read as one. */
export function editSearch(raw: Record<string, unknown>): EditSearch {
  const words = (name: string) =>
    (typeof raw[name] === 'string' || typeof raw[name] === 'number') && raw[name] !== '' ? String(raw[name]).slice(0, 80) : undefined;
  return {
    target: words('target'),
    window: words('window'),
    gaps: GAPS.find(({ value }) => value === raw['gaps'])?.value,
    preset: PRESETS.find(({ value }) => value === raw['preset'])?.value,
    pairs: typeof raw['pairs'] === 'string' && parsePairs(raw['pairs']) !== undefined ? raw['pairs'] : undefined,
  };
}

/** The terms tried, where they differ from those that govern. */
export function searchOf(tried: TermsDraft, governing: TermsDraft): EditSearch {
  return {
    ...(tried.target !== governing.target && { target: tried.target }),
    ...(windowText(tried.window) !== windowText(governing.window) && { window: windowText(tried.window) }),
    ...(tried.gaps !== governing.gaps && { gaps: tried.gaps }),
    ...(isOtherAlerting(tried, governing) && (tried.preset === 'own' ? { pairs: pairsText(tried.pairs) } : { preset: tried.preset })),
  };
}

/** A draft with the terms of an address. */
export function withTerms(draft: Draft, { target, window, gaps, preset, pairs }: EditSearch): Draft {
  const own = pairs === undefined ? undefined : parsePairs(pairs);
  return {
    ...draft,
    ...(target !== undefined && { target: target.replace(',', '.') }),
    ...(window !== undefined && { window: windowOf(window) }),
    ...(gaps !== undefined && { gaps }),
    ...(preset !== undefined && { preset }),
    ...(own !== undefined && { preset: 'own' as const, pairs: own }),
  };
}

function windowText(window: WindowDraft): string {
  return window.kind === 'rolling' ? window.rolling.trim() : `${window.calendar}@${window.timeZone.trim()}`;
}

function windowOf(text: string): WindowDraft {
  const [unit, timeZone = 'UTC'] = text.split('@');
  return CALENDAR_UNITS.some((one) => one === unit) ? windowDraft({ calendar: unit, timeZone }) : windowDraft(text);
}
