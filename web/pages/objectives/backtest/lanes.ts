import type { Answer } from '../../../api/contracts.ts';

type Turn = Answer<'slo', 'backtestObjective'>['turns'][number];

export interface Lane {
  slot: Turn['slot'];
  label: string;
  tone: string;
  spans: { from: number; to: number }[];
}

const LANES: readonly Omit<Lane, 'spans'>[] = [
  { slot: 'page', label: 'page', tone: 'lane-page' },
  { slot: 'ticket', label: 'ticket', tone: 'lane-ticket' },
  { slot: 'exhausted', label: 'spent', tone: 'lane-spent' },
  { slot: 'forecast', label: 'forecast', tone: 'lane-ticket' },
  { slot: 'no_data', label: 'no data', tone: 'lane-dark' },
];

/** Turns as spans in which each alert stood open. Pages and tickets are always shown, the rest where they happened. */
export function lanesOf({ turns, from, to }: { turns: readonly Pick<Turn, 'slot' | 'status' | 'at'>[]; from: string; to: string }): Lane[] {
  return LANES.map((lane) => {
    const spans: Lane['spans'] = [];
    let since: number | undefined;
    for (const turn of turns) {
      if (turn.slot !== lane.slot) continue;
      const at = Date.parse(turn.at);
      if (turn.status === 'firing') since ??= at;
      else {
        // Where its beginning is not shown, it stood open from the start.
        if (since !== undefined || spans.length === 0) spans.push({ from: since ?? Date.parse(from), to: at });
        since = undefined;
      }
    }
    if (since !== undefined) spans.push({ from: since, to: Date.parse(to) });
    return { ...lane, spans };
  }).filter((lane) => lane.spans.length > 0 || lane.slot === 'page' || lane.slot === 'ticket');
}
