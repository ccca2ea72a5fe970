/** The alerting part of a definition, as its schema leaves it: see `AlertingInput`. */
export interface AlertingTerms {
  preset: 'default' | 'ticket_3x_3d' | 'none';
  pairs?: readonly PairTerms[] | undefined;
  mode: 'rate' | 'budget_share';
  groups: 'rollup' | 'any';
  minBadCount: number;
  alphaRatio: number;
  exhausted: boolean;
  exhaustsWithin?: string | undefined;
  noDataAfter: string | null;
}

export interface PairTerms {
  severity: 'critical' | 'warning' | 'ticket';
  long: string;
  short: string;
  factor?: number | undefined;
  budgetPercent?: number | undefined;
}

export const DEFAULT_ALERTING: AlertingTerms = {
  preset: 'default',
  mode: 'rate',
  groups: 'rollup',
  minBadCount: 2,
  alphaRatio: 0.01,
  exhausted: true,
  noDataAfter: '10m',
};
