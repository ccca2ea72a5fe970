import type { Answer } from '../../../api/contracts.ts';
import { burn, count, duration, percent } from '../../../lib/words.ts';

export type Explanation = Answer<'slo', 'explainObjective'>;
export type ExplainedFigure = Explanation['figures'][number];

/** Names of figures as the API gives them. */
export const FIGURE = {
  sli: 'sli',
  allowed: 'budget.allowed',
  spare: 'budget.spare',
  left: 'budget.remaining',
  minutes: 'budget.minutes',
  coverage: 'budget.coverage',
  forecast: 'forecast',
  achieved: 'past.sli',
  known: 'past.coverage',
} as const;

/** The same figure as it was before corrections. */
export function asCounted(figure: string): string {
  return `counted.${figure}`;
}

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The figure of a burn window: `1h` → `burn.3600s`. */
export function burnFigure(window: string): string {
  const match = /^(\d+)([smhdw])$/.exec(window);
  return `burn.${match === null ? 0 : Number(match[1]) * (UNIT_SECONDS[match[2] ?? ''] ?? 0)}s`;
}

/** Which figure of which objective is open, or of one of its groups by its key, as one word of a URL. */
export interface Asked {
  slug: string;
  figure: string;
  group?: string | undefined;
}

export function askedText({ slug, figure, group }: Asked): string {
  return group === undefined ? `${slug}~${figure}` : `${slug}~${figure}~${group}`;
}

export function parseAsked(text: string | undefined): Asked | undefined {
  const [slug, figure, ...group] = text?.split('~') ?? [];
  if (slug === undefined || slug === '' || figure === undefined) return undefined;
  return group.length === 0 ? { slug, figure } : { slug, figure, group: group.join('~') };
}

/** A share of good events near one needs the digits that tell it from its target. */
export function shareWords(ratio: number): string {
  // Two digits of what failed, as people write 99.95 %.
  const digits = ratio >= 1 || ratio <= 0.9 ? 2 : Math.min(5, Math.max(2, Math.ceil(-Math.log10(1 - ratio)) - 1));
  // Rounding up to 100 % would say that nothing failed.
  const cut = ratio < 1 ? Math.floor(ratio * 10 ** (digits + 2) + 1e-6) / 10 ** (digits + 2) : 1;
  return percent(cut, digits);
}

export function figureWords({ of, value, unit }: Pick<ExplainedFigure, 'of' | 'value' | 'unit'>): string {
  if (value === null) return '—';
  switch (unit) {
    case 'ratio':
      return of === 'sli' ? shareWords(value) : percent(value);
    case 'times':
      return burn(value);
    case 'seconds':
      return duration(value * 1000);
    case 'events':
      return Math.abs(value) < 10 ? String(Number(value.toFixed(2))).replace('-', '−') : count(value);
  }
}

/** The formula with this figure's own numbers in it; undefined where it has no counts to show. */
export function worked(shown: ExplainedFigure, target: number): string | undefined {
  const { of, counts, coverageRatio, coveredOfMs, gapBadCount } = shown;
  if (of === 'coverage') return coveredOfMs === 0 ? undefined : `${duration(counts.observedMs)} ÷ ${duration(coveredOfMs)}`;
  if (counts.valid === 0) return undefined;
  const budget = Number(((1 - target) * 100).toPrecision(6));
  const valid = coverageRatio >= 0.9995 ? count(counts.valid) : `(${count(counts.valid)} ÷ ${percent(coverageRatio)})`;
  const bad = gapBadCount === 0 ? count(counts.bad) : `(${count(counts.bad)} + ${count(gapBadCount)})`;
  switch (of) {
    case 'sli':
      return `${count(counts.good)} ÷ ${count(counts.valid)}`;
    case 'allowed':
      return `${valid} × ${budget} %`;
    case 'spare':
      return `${valid} × ${budget} % − ${bad}`;
    case 'remaining':
      return `1 − ${bad} ÷ (${valid} × ${budget} %)`;
    case 'burn':
      return `${bad} ÷ ${valid} ÷ ${budget} %`;
    case 'minutes':
    case 'forecast':
      return undefined;
  }
}
