import type { Answer } from '../../api/contracts.ts';
import { duration, inWords, plural } from '../../lib/words.ts';
import type { Level } from '../../ui/mark.tsx';

export type Objective = Answer<'slo', 'listObjectives'>['items'][number];

/** "No data" is words, not a level. */
export function levelOf(objective: { level: Level | 'no_data' }): Level | undefined {
  return objective.level === 'no_data' ? undefined : objective.level;
}

const BOUNDS: readonly (readonly [above: number, level: Level])[] = [
  [0.5, 'healthy'],
  [0.25, 'caution'],
  [0.1, 'slow'],
  [0, 'frozen'],
];

/** The usual level of what is left, for figures that the server gives no level of; undefined without a figure. */
export function ratioLevel(leftRatio: number | null): Level | undefined {
  if (leftRatio === null) return undefined;
  return BOUNDS.find(([above]) => leftRatio > above)?.[1] ?? 'exhausted';
}

const UNITS: Record<string, string> = { s: 's', m: 'min', h: 'h', d: 'd', w: 'weeks' };

/** `30d` → `30 d`, `5m` → `5 min`. */
export function windowWords(window: string): string {
  const match = /^(\d+)([smhdw])$/.exec(window);
  return match === null ? window : `${match[1]}\u00a0${UNITS[match[2] ?? ''] ?? ''}`;
}

/** Nothing has come of it for some time, or ever: what its windows hold says nothing of now. */
export function isSilent({ level, state }: Objective): boolean {
  return level === 'no_data' || state === 'no_data';
}

/** The burn over a window, undefined where nothing of that window is known. */
export function rateOver(objective: Objective, window: string): number | undefined {
  const found = isSilent(objective) ? undefined : objective.burn.find((row) => row.window === window);
  return found === undefined || found.coverageRatio === 0 ? undefined : found.rate;
}

export type Heat = 'page' | 'ticket' | undefined;

/** How a long window stands: it pages, it makes a ticket, or neither. */
export function heatOf(objective: Objective, window: string): Heat {
  return objective.pairs.find((pair) => pair.long === window && pair.verdict === 'firing')?.severity;
}

/** A page of it or of one of its groups is open. */
export function isPaging({ alerted, groups }: Objective): boolean {
  return alerted.page !== null || groups.paging > 0;
}

/** When nothing is left at this pace, in words. */
export function runsOut(objective: Objective): string {
  const left = objective.budget.remainingRatio;
  if (left !== null && left <= 0) return 'spent';
  return objective.exhaustsInSeconds === null || isSilent(objective) ? '—' : duration(objective.exhaustsInSeconds * 1000);
}

export interface ObjectiveGroup {
  title: string;
  note: string;
  rows: Objective[];
}

/** Worst first: what burns, what is spent, what wants watching, the rest. */
export function worstFirst(objectives: readonly Objective[]): ObjectiveGroup[] {
  const kinds: { title: string; note: string; takes: (objective: Objective) => boolean }[] = [
    { title: 'Burning now', note: 'fast enough to page', takes: isPaging },
    { title: 'Spent or frozen', note: 'under 10 % left', takes: ({ level }) => level === 'exhausted' || level === 'frozen' },
    {
      title: 'Watch',
      note: 'under 50 % left, a slow burn, or no data',
      takes: ({ level, state }) => level !== 'healthy' || state !== 'ok',
    },
    { title: 'Healthy', note: '', takes: () => true },
  ];
  const sorted = Map.groupBy(objectives, (objective) => kinds.find((kind) => kind.takes(objective)));
  return kinds.flatMap((kind) => {
    const rows = sorted.get(kind) ?? [];
    return rows.length === 0 ? [] : [{ title: kind.title, note: kind.note === '' ? `${rows.length}` : kind.note, rows }];
  });
}

export const LEVEL_FILTERS = [
  { value: 'burning', label: 'burning now' },
  { value: 'exhausted', label: 'exhausted' },
  { value: 'frozen', label: 'frozen' },
  { value: 'slow', label: 'slow' },
  { value: 'caution', label: 'caution' },
  { value: 'healthy', label: 'healthy' },
  { value: 'no_data', label: 'no data' },
] as const;
export type LevelFilter = (typeof LEVEL_FILTERS)[number]['value'];

export function byService(objectives: readonly Objective[]): ObjectiveGroup[] {
  const groups = [...Map.groupBy(objectives, (objective) => objective.service.slug).values()];
  return groups
    .toSorted((a, b) => (a[0]?.service.name ?? '').localeCompare(b[0]?.service.name ?? ''))
    .map((rows) => ({ title: rows[0]?.service.name ?? '', note: `tier ${rows[0]?.service.tier ?? ''}`, rows }));
}

export function byOwner(objectives: readonly Objective[]): ObjectiveGroup[] {
  const groups = [...Map.groupBy(objectives, (objective) => objective.service.owner)];
  return groups
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([owner, rows]) => ({ title: owner, note: plural(new Set(rows.map(({ service }) => service.slug)).size, 'service'), rows }));
}

/** One sentence on all of them. */
export function objectivesSentence(objectives: readonly Objective[]): string {
  const calm = objectives.filter((objective) => !isPaging(objective));
  const burning = objectives.length - calm.length;
  const isLow = ({ level }: Objective): boolean => level === 'exhausted' || level === 'frozen';
  const low = calm.filter(isLow).length;
  const dark = calm.filter((objective) => !isLow(objective) && isSilent(objective)).length;
  const isWatched = ({ level, state }: Objective): boolean => level !== 'healthy' || state === 'firing';
  const watched = calm.filter((objective) => !isLow(objective) && !isSilent(objective) && isWatched(objective)).length;
  const parts = [
    burning === 0 ? '' : `${burning === 1 ? 'One budget is' : `${inWords(burning)} budgets are`} being spent fast`,
    low === 0 ? '' : `${low === 1 ? 'one is' : `${inWords(low)} are`} spent or nearly so`,
    watched === 0 ? '' : `${watched === 1 ? 'one wants' : `${inWords(watched)} want`} watching`,
    dark === 0 ? '' : `${dark === 1 ? 'one has' : `${inWords(dark)} have`} no data`,
  ].filter((part) => part !== '');
  if (parts.length === 0) return 'Every objective is inside its budget.';
  const sentence = parts.join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
