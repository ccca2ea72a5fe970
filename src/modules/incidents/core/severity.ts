import { z } from 'zod';
import { type Because, because } from '#kernel/errors.ts';
import { type DurationMs, HOUR_MS, MINUTE_MS } from '#kernel/instant.ts';

/** From worst to mildest. */
export const SEVERITIES = ['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.output<typeof Severity>;

export type Audience = 'page_on_call' | 'team' | 'executives' | 'status_page' | 'ticket';

export interface SeverityRow {
  /** The same rank as a priority. */
  priority: 'P0' | 'P1' | 'P2' | 'P3';
  name: string;
  meaning: string;
  /** Null for SEV4, which is met on the next business day. */
  acknowledgeWithinMs: DurationMs | null;
  /** Between updates to customers; null where none are promised. */
  updateEveryMs: DurationMs | null;
  tells: readonly Audience[];
}

/** What a severity asks of those who respond. */
export const SEVERITY_TABLE: Readonly<Record<Severity, SeverityRow>> = {
  SEV1: {
    priority: 'P0',
    name: 'critical',
    meaning: 'full outage, all users, data loss or security breach',
    acknowledgeWithinMs: 5 * MINUTE_MS,
    updateEveryMs: 15 * MINUTE_MS,
    tells: ['page_on_call', 'executives', 'status_page'],
  },
  SEV2: {
    priority: 'P1',
    name: 'major',
    meaning: 'significant degradation, most users',
    acknowledgeWithinMs: 15 * MINUTE_MS,
    updateEveryMs: 30 * MINUTE_MS,
    tells: ['page_on_call', 'team', 'status_page'],
  },
  SEV3: {
    priority: 'P2',
    name: 'minor',
    meaning: 'partial degradation, a workaround exists',
    acknowledgeWithinMs: HOUR_MS,
    updateEveryMs: 4 * HOUR_MS,
    tells: ['team', 'ticket'],
  },
  SEV4: {
    priority: 'P3',
    name: 'low',
    meaning: 'cosmetic, no user impact',
    acknowledgeWithinMs: null,
    updateEveryMs: null,
    tells: ['ticket'],
  },
};

/** Whether `a` is worse than `b`. */
export function isWorse(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
}

/** What of an alert bears on a severity. */
export interface AlertFacts {
  source: 'burn' | 'check' | 'heartbeat' | 'other';
  severity: 'page' | 'ticket';
  urgency: 'critical' | 'warning' | null;
}

export type ProposalCode = 'critical_burn' | 'critical_page' | 'other_page' | 'ticket_only';

export interface SeverityProposal {
  severity: Severity;
  because: Because<ProposalCode>;
}

/**
 * The severity to offer when an incident is declared from an alert; a person decides. A critical page, of a burn or
 * otherwise, proposes SEV2, another page SEV3, a ticket SEV4. SEV1 is never proposed: it is a human's choice.
 */
export function proposeSeverity(alert: AlertFacts): SeverityProposal {
  const facts = { source: alert.source, severity: alert.severity, urgency: alert.urgency };
  if (alert.severity === 'ticket')
    return { severity: 'SEV4', because: because('ticket_only', 'it opened a ticket and paged nobody', facts) };
  if (alert.urgency !== 'critical') return { severity: 'SEV3', because: because('other_page', 'it pages, but not critically', facts) };
  return alert.source === 'burn'
    ? { severity: 'SEV2', because: because('critical_burn', 'the error budget burns critically fast', facts) }
    : { severity: 'SEV2', because: because('critical_page', 'it pages critically', facts) };
}
