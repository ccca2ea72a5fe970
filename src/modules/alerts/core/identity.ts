import { because, type Because } from '#kernel/errors.ts';
import { type AlertSeverity, type AlertSignal, SEVERITIES } from './signal.ts';

/** What of an open alert the decision needs. */
export interface OpenAlert {
  id: string;
  severity: AlertSeverity;
  firingCount: number;
}

export type IntakeOutcome = 'opened' | 'repeated' | 'raised' | 'resolved' | 'nothing_open';

export type IntakeCode = 'no_open_alert_with_key' | 'open_alert_has_key' | 'severity_rose' | 'sender_resolved' | 'resolve_without_alert';

export interface IntakeDecision {
  outcome: IntakeOutcome;
  severity: AlertSeverity;
  because: Because<IntakeCode>;
}

/** Whether a signal opens an alert, repeats one, raises its severity, or resolves it. Severity never falls while open. */
export function decideIntake(open: OpenAlert | undefined, signal: Pick<AlertSignal, 'key' | 'status' | 'severity'>): IntakeDecision {
  const { key, severity } = signal;
  if (signal.status === 'resolved') {
    if (open === undefined)
      return {
        outcome: 'nothing_open',
        severity,
        because: because('resolve_without_alert', 'No open alert has this key; there is nothing to resolve.', { key }),
      };
    return { outcome: 'resolved', severity: open.severity, because: because('sender_resolved', 'The sender says it is over.', { key }) };
  }
  if (open === undefined)
    return { outcome: 'opened', severity, because: because('no_open_alert_with_key', 'No open alert had this key.', { key, severity }) };
  if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(open.severity))
    return {
      outcome: 'raised',
      severity,
      because: because('severity_rose', `The severity rose from ${open.severity} to ${severity}.`, {
        key,
        from: open.severity,
        to: severity,
      }),
    };
  return {
    outcome: 'repeated',
    severity: open.severity,
    because: because('open_alert_has_key', 'An open alert has this key; counted, not opened again.', {
      key,
      firingCount: open.firingCount + 1,
    }),
  };
}
