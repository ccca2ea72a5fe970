import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The program's own figures; one registry an app, so that two apps can live in one process. */
export interface Metrics {
  registry: Registry;
  httpRequests: Counter<'operation' | 'status'>;
  httpSeconds: Histogram<'operation'>;
  jobLateness: Histogram<'job'>;
  jobRuns: Counter<'job' | 'outcome'>;
  jobsDead: Gauge<'job'>;
  lastSuccessAge: Gauge<'job'>;
  deliveries: Counter<'channel' | 'outcome'>;
  sourceReads: Counter<'source' | 'outcome'>;
  eventsPublished: Counter<'event'>;
  swallowed: Counter<'where'>;
  budgetRemaining: Gauge<'objective' | 'service'>;
  burnRate: Gauge<'objective' | 'service' | 'window'>;
  correctionsUnreadable: Gauge<'objective'>;
  objectiveInfo: Gauge<'objective' | 'service' | 'level' | 'state'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpRequests: new Counter({
      name: 'nines_http_requests_total',
      help: 'Requests answered, by operation and status.',
      labelNames: ['operation', 'status'],
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'nines_http_seconds',
      help: 'Time to answer a request.',
      labelNames: ['operation'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2],
      registers,
    }),
    jobLateness: new Histogram({
      name: 'nines_job_lateness_seconds',
      help: 'Time from due to begun.',
      labelNames: ['job'],
      buckets: [0.002, 0.01, 0.02, 0.1, 1, 10, 60],
      registers,
    }),
    jobRuns: new Counter({
      name: 'nines_job_runs_total',
      help: 'Jobs run, by outcome: done, retry, dead.',
      labelNames: ['job', 'outcome'],
      registers,
    }),
    jobsDead: new Gauge({ name: 'nines_jobs_dead', help: 'Dead letters waiting for a person, by job.', labelNames: ['job'], registers }),
    lastSuccessAge: new Gauge({
      name: 'nines_job_last_success_seconds',
      help: 'Seconds since a job that plans its own next run last succeeded; above 120 for slo.tick, nobody would be paged by a burn.',
      labelNames: ['job'],
      registers,
    }),
    deliveries: new Counter({
      name: 'nines_deliveries_total',
      help: 'Delivery attempts, by channel and outcome.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    sourceReads: new Counter({
      name: 'nines_source_reads_total',
      help: 'Readings of indicators from metric sources, by source and outcome: read, or why they failed.',
      labelNames: ['source', 'outcome'],
      registers,
    }),
    eventsPublished: new Counter({ name: 'nines_events_total', help: 'Events sent to live listeners.', labelNames: ['event'], registers }),
    ...objectiveMetrics(registers),
    swallowed: new Counter({
      name: 'nines_swallowed_errors_total',
      help: 'Errors that a loop survived, by place.',
      labelNames: ['where'],
      registers,
    }),
  };
}

/** Budgets, so that dashboards of others can show them. */
function objectiveMetrics(
  registers: Registry[],
): Pick<Metrics, 'budgetRemaining' | 'burnRate' | 'correctionsUnreadable' | 'objectiveInfo'> {
  return {
    budgetRemaining: new Gauge({
      name: 'nines_objective_budget_remaining_ratio',
      help: 'Error budget left, by objective: 1 untouched, below 0 overspent; missing while nothing is known.',
      labelNames: ['objective', 'service'],
      registers,
    }),
    burnRate: new Gauge({
      name: 'nines_objective_burn_rate',
      help: 'Burn rate, by objective and window; 1 spends the budget in exactly one period.',
      labelNames: ['objective', 'service', 'window'],
      registers,
    }),
    correctionsUnreadable: new Gauge({
      name: 'nines_objective_corrections_unreadable',
      help: 'Corrections that count and cannot be read, as those of a newer version, by objective: they correct nothing.',
      labelNames: ['objective'],
      registers,
    }),
    objectiveInfo: new Gauge({
      name: 'nines_objective_info',
      help: '1, with the level of the budget and the state of the objective.',
      labelNames: ['objective', 'service', 'level', 'state'],
      registers,
    }),
  };
}
