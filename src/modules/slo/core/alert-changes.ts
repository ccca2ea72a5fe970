import { type Because, because } from '#kernel/errors.ts';
import { humanDuration } from '#kernel/instant.ts';
import type { Evaluation, ObjectiveStatus } from './evaluate.ts';

/** The alerts that an objective may have, each open at most once. */
const ALERT_SLOTS = ['page', 'ticket', 'exhausted', 'forecast', 'no_data', 'broken'] as const;
export type AlertSlot = (typeof ALERT_SLOTS)[number];

export type AlertLevel = 'critical' | 'warning' | 'ticket';

export interface AlertTurn {
  slot: AlertSlot;
  status: 'firing' | 'resolved';
  severity: AlertLevel;
}

/** Which alerts a step opens, raises or resolves: only what differs from the last one. A page that calms down to a warning stays what it was. */
export function alertTurns(before: Evaluation, after: Evaluation): AlertTurn[] {
  const turns: AlertTurn[] = [];
  if (after.page !== null && after.page !== before.page && before.page !== 'critical')
    turns.push({ slot: 'page', status: 'firing', severity: after.page });
  if (after.page === null && before.page !== null) turns.push({ slot: 'page', status: 'resolved', severity: before.page });
  const turn = (slot: AlertSlot, was: boolean, is: boolean, severity: AlertLevel): void => {
    if (was !== is) turns.push({ slot, status: is ? 'firing' : 'resolved', severity });
  };
  turn('ticket', before.ticket, after.ticket, 'ticket');
  turn('exhausted', before.exhausted, after.exhausted, 'ticket');
  turn('forecast', before.forecast, after.forecast, 'ticket');
  turn('no_data', before.noData, after.noData, 'warning');
  turn('broken', before.broken !== null, after.broken !== null, 'critical');
  return turns;
}

/** What an alert is known by, of an objective or of one of its groups. */
export function alertKey(slug: string, slot: AlertSlot, group: string): string {
  return group === '' ? `${slug}/${slot}` : `${slug}/${slot}/${group}`;
}

/** The slot of an alert by its key. */
export function slotOfKey(key: string): string | undefined {
  return key.split('/')[1];
}

/** Why a slot is as it is now. */
export function becauseOf(slot: AlertSlot, status: ObjectiveStatus): Because {
  switch (slot) {
    case 'page':
      return status.verdict.page.because;
    case 'ticket':
      return status.verdict.ticket.because;
    case 'exhausted':
      return status.evaluation.exhausted
        ? because('budget_exhausted', status.budget.because.text, status.budget.because.facts)
        : status.level.because;
    case 'forecast':
      return status.forecast.because;
    case 'no_data':
    case 'broken':
      return status.state.because;
  }
}

/** The headline of a slot's alert. */
export function summaryOf(name: string, slot: AlertSlot, status: ObjectiveStatus): string {
  switch (slot) {
    case 'page':
    case 'ticket': {
      const pair = status.verdict.pairs.find((one) => one.firing && one.pair.severity === slot);
      if (pair === undefined) return `${name} burns too fast`;
      return `${name} burns too fast: ${pair.long.rate.toFixed(1)}× over ${humanDuration(pair.long.windowMs)}`;
    }
    case 'exhausted':
      return `${name} has spent its error budget`;
    case 'forecast':
      return `${name} runs out of budget in ${humanDuration(status.forecast.inMs ?? 0)} at this pace`;
    case 'no_data':
      return `${name} has no data, so no burn would be seen`;
    case 'broken':
      return `${name} can be judged again`;
  }
}
