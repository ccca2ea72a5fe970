import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, floorTo, HOUR_MS, type Instant, instant, plus, SECOND_MS } from '#kernel/instant.ts';
import type { Id } from '#kernel/ids.ts';
import { CELL_MS, type ConnectSource, createCountsHistory, createIndicator, writeCells } from '#modules/signals/index.ts';
import { PrometheusIndicator } from '#modules/signals/core/indicator.ts';
import { SourceDefinition } from '#modules/signals/core/connection/definition.ts';
import { pollSource } from '#modules/signals/poll/poll-source.ts';
import { putSource } from '#modules/signals/source/put-source.ts';
import { loadSource } from '#modules/signals/source/store.ts';
import { createCounts } from '#modules/slo/core/counts/counts.ts';
import { instantsOf, NOT_EVALUATED, step, termsOf } from '#modules/slo/core/evaluate.ts';
import { createMetrics } from '#platform/metrics.ts';
import type { Transactor } from '#platform/verb.ts';
import { type ManualClock, manualClock } from '#testing/manual-clock.ts';
import { cpuSecondsOf } from './cpu.ts';
import type { Print } from './installation.ts';
import { type RunningPrometheus, withPrometheus } from './prometheus-data.ts';
import { PYRRA_SHAPED, recordedText, type Shape, SLOTH_SHAPED } from './rule-shapes.ts';
import { BENCH, withStorage } from './storage.ts';

const STEP_MS = 30 * SECOND_MS;
const DAYS = 3;
/** How many objectives, and how many evaluations of 30 s are measured of each way. */
const SIZES = [
  { objectives: 1, ofRules: 40, ofNines: 160 },
  { objectives: 10, ofRules: 6, ofNines: 120 },
  { objectives: 100, ofRules: 2, ofNines: 100 },
] as const;
const MOST = 100;
const EXTRAPOLATED = 1_000;
/** Polls before anything is measured of Nines. */
const WARM_UP = 40;

/** What one evaluation of 30 s takes, of all objectives together. */
interface Cost {
  samples: number;
  prometheusMs: number;
  ninesMs: number;
  databaseMs: number;
}

/**
 * What objectives of 50 series cost every 30 s: evaluated by rules as Sloth and as Pyrra shape them, each expression asked
 * of the Prometheus that holds three days of the data, and by Nines, polling the same Prometheus, counting, storing and
 * stepping. What it takes to ask and to answer is taken off the rules', as a ruler asks nobody; of Nines it stays. The
 * rules' storing of what they record is not counted, nor that their periods reach over 30 days: both favour them.
 */
export async function benchRules(print: Print): Promise<void> {
  const to = floorTo(instant(Date.now()), HOUR_MS);
  const from = plus(to, -DAYS * DAY_MS);
  const more = recordedText([SLOTH_SHAPED, PYRRA_SHAPED], MOST, to);
  const begunAt = performance.now();
  await withPrometheus({ objectives: MOST, from, to, piece: 6 * HOUR_MS, more }, async (prometheus) => {
    print('rules.making_the_data', (performance.now() - begunAt) / 1000, 's');
    const askMs = await costOfAsking(prometheus, to);
    print('rules.cost_of_asking', askMs, 'ms a query');
    const costs: Record<'sloth' | 'pyrra' | 'nines', Cost[]> = { sloth: [], pyrra: [], nines: [] };
    for (const { objectives, ofRules, ofNines } of SIZES) {
      const asked = { prometheus, end: to, objectives, askMs };
      costs.sloth.push(await costOfRules(SLOTH_SHAPED, { ...asked, evaluations: ofRules }));
      costs.pyrra.push(await costOfRules(PYRRA_SHAPED, { ...asked, evaluations: ofRules }));
      costs.nines.push(await costOfNines({ ...asked, evaluations: ofNines }));
      printCosts(print, objectives, costs);
    }
    for (const all of Object.values(costs)) all.push(extrapolated(all));
    printCosts(print, EXTRAPOLATED, costs);
  });
}

function printCosts(print: Print, objectives: number, costs: Readonly<Record<'sloth' | 'pyrra' | 'nines', readonly Cost[]>>): void {
  const name = `rules.${objectives}${objectives === EXTRAPOLATED ? '_by_slope' : ''}`;
  const nines = costs.nines.at(-1);
  if (nines === undefined) return;
  print(`${name}.nines.samples`, nines.samples, 'samples an evaluation');
  print(`${name}.nines.cpu.prometheus`, nines.prometheusMs, 'ms an evaluation');
  print(`${name}.nines.cpu.nines`, nines.ninesMs, 'ms an evaluation');
  print(`${name}.nines.cpu.database`, nines.databaseMs, 'ms an evaluation');
  for (const shape of ['sloth', 'pyrra'] as const) {
    const cost = costs[shape].at(-1);
    if (cost === undefined) continue;
    print(`${name}.${shape}.samples`, cost.samples, 'samples an evaluation');
    print(`${name}.${shape}.cpu.prometheus`, cost.prometheusMs, 'ms an evaluation');
    print(`${name}.${shape}.samples.times_nines`, cost.samples / nines.samples, '×');
    print(`${name}.${shape}.prometheus_cpu.times_nines`, cost.prometheusMs / nines.prometheusMs, '×');
    print(`${name}.${shape}.cpu.times_nines`, cost.prometheusMs / (nines.prometheusMs + nines.ninesMs), '×');
    print(
      `${name}.${shape}.cpu.times_nines_and_database`,
      cost.prometheusMs / (nines.prometheusMs + nines.ninesMs + nines.databaseMs),
      '×',
    );
  }
}

/** By the line through the last two sizes. */
function extrapolated(all: readonly Cost[]): Cost {
  const [few, many] = [all[1], all[2]];
  const [x, y] = [SIZES[1].objectives, SIZES[2].objectives];
  const at = (key: keyof Cost): number => {
    const [low, high] = [few?.[key] ?? Number.NaN, many?.[key] ?? Number.NaN];
    return high + ((EXTRAPOLATED - y) * (high - low)) / (y - x);
  };
  return { samples: at('samples'), prometheusMs: at('prometheusMs'), ninesMs: at('ninesMs'), databaseMs: at('databaseMs') };
}

interface Asked {
  prometheus: RunningPrometheus;
  end: Instant;
  objectives: number;
  evaluations: number;
  askMs: number;
}

async function ask(url: string, expr: string, at: Instant, more: Record<string, string> = {}): Promise<unknown> {
  const body = new URLSearchParams({ query: expr, time: String(at / SECOND_MS), ...more });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body, headers: { 'accept-encoding': 'identity' } });
  const told: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${expr}: ${JSON.stringify(told)}`);
  return told;
}

/** CPU of Prometheus for a query that reads nothing. */
async function costOfAsking({ url, cpuSeconds }: RunningPrometheus, at: Instant): Promise<number> {
  const queries = 3_000;
  const before = cpuSeconds();
  for (let i = 0; i < queries; i += 1) await ask(url, 'vector(1)', at);
  return ((cpuSeconds() - before) * 1000) / queries;
}

async function costOfRules(shape: Shape, { prometheus, end, objectives, evaluations, askMs }: Asked): Promise<Cost> {
  const rules = Array.from({ length: objectives }, (_, objective) => shape.rules(objective)).flat();
  let samples = 0;
  // The first round fills what Prometheus remembers, and tells what it touched.
  for (const { expr, share } of rules) {
    const told = (await ask(prometheus.url, expr, plus(end, -STEP_MS), { stats: 'all' })) as {
      data: { stats: { samples: { totalQueryableSamples: number } } };
    };
    samples += share * told.data.stats.samples.totalQueryableSamples;
  }
  let spentMs = 0;
  for (const share of new Set(rules.map((rule) => rule.share))) {
    const own = rules.filter((rule) => rule.share === share);
    const before = prometheus.cpuSeconds();
    for (let i = 0; i < evaluations; i += 1) {
      for (const { expr } of own) await ask(prometheus.url, expr, plus(end, -(i + 1) * STEP_MS));
    }
    spentMs += share * (((prometheus.cpuSeconds() - before) * 1000) / evaluations - own.length * askMs);
  }
  return { samples, prometheusMs: spentMs, ninesMs: 0, databaseMs: 0 };
}

async function costOfNines({ prometheus, end, objectives, evaluations }: Asked): Promise<Cost> {
  let cost: Cost = { samples: 0, prometheusMs: 0, ninesMs: 0, databaseMs: 0 };
  // Polls go on until shortly before the end of the data, whatever the source is given to bring its samples in.
  const clock = manualClock(plus(end, -(evaluations + WARM_UP + 1) * STEP_MS));
  await withStorage(async (transactor, folder) => {
    const ids = await listen(transactor, prometheus.url, objectives);
    let samples = 0;
    const connectSource: ConnectSource = () => ({
      readRange: async (query, span) => {
        const read = await prometheus.source.readRange(query, span);
        if (read.kind === 'read') samples += read.samples ?? 0;
        return read;
      },
    });
    const uses = ids.map((indicatorId, i) => ({ indicatorId, objective: `objective-${i}` }));
    const parts = { connectSource, listUses: () => Promise.resolve(uses), metrics: createMetrics(), memory: new Map() };
    const evaluate = createEvaluation(transactor, ids);
    const run = async (): Promise<void> => {
      clock.advance(STEP_MS);
      await pollSource(transactor, parts, await loadSource(transactor.db, 'main'));
      await evaluate(clock);
    };
    // The first polls learn where the counters stand; it goes on for months, and the first minutes are the compiler's.
    for (let i = 0; i < WARM_UP; i += 1) await run();
    const postgres = Number(readFileSync(path.join(folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
    samples = 0;
    const before = { prometheus: prometheus.cpuSeconds(), database: cpuSecondsOf(postgres), nines: process.cpuUsage() };
    for (let i = 0; i < evaluations; i += 1) await run();
    const nines = process.cpuUsage(before.nines);
    cost = {
      samples: samples / evaluations,
      prometheusMs: ((prometheus.cpuSeconds() - before.prometheus) * 1000) / evaluations,
      ninesMs: (nines.user + nines.system) / 1000 / evaluations,
      databaseMs: ((cpuSecondsOf(postgres) - before.database) * 1000) / evaluations,
    };
  }, clock);
  return cost;
}

/** Objectives with three days behind them. */
async function listen(transactor: Transactor, url: string, objectives: number): Promise<Id<'ind'>[]> {
  const now = transactor.clock.now();
  await transactor.transact(BENCH, (ctx) =>
    putSource(ctx, { slug: 'main', ifMatch: undefined, definition: SourceDefinition.parse({ name: 'Main', address: url }) }),
  );
  const last = floorTo(plus(now, -2 * STEP_MS), STEP_MS);
  const cells = Array.from({ length: (DAYS * DAY_MS) / CELL_MS }, (_, i) => ({
    at: plus(last, -(i + 1) * CELL_MS),
    good: 500,
    bad: i % 9 === 0 ? 1 : 0,
  }));
  const ids: Id<'ind'>[] = [];
  for (let i = 0; i < objectives; i += 1) {
    const valid = `requests_total{objective="${i}"}`;
    const bad = `requests_total{objective="${i}",code=~"5.."}`;
    const indicator = PrometheusIndicator.parse({ kind: 'prometheus', source: 'main', valid, bad });
    ids.push(
      await transactor.transact(BENCH, async (ctx) => {
        const id = await createIndicator(ctx, indicator);
        await writeCells(ctx, { indicator: { id }, writes: [{ group: '', cells }], intervalMs: STEP_MS });
        return id;
      }),
    );
  }
  return ids;
}

/** Takes in what was stored and steps every objective, three times a poll as Nines does. */
function createEvaluation(transactor: Transactor, ids: readonly Id<'ind'>[]): (clock: ManualClock) => Promise<void> {
  const history = createCountsHistory();
  const terms = termsOf({ target: 0.999, window: { kind: 'rolling', text: '30d', ms: 30 * DAY_MS }, intervalMs: STEP_MS });
  const before = new Map(ids.map((id) => [id, NOT_EVALUATED]));
  const sourceOf = (id: Id<'ind'>) => {
    const ring = history.ring(id);
    return ring === undefined ? undefined : createCounts(ring);
  };
  return async (clock) => {
    for (let turn = 0; turn < 3; turn += 1) {
      const now = plus(clock.now(), turn * CELL_MS);
      await history.ready(transactor.db, () =>
        ids.flatMap((indicatorId) => {
          const source = sourceOf(indicatorId);
          return source === undefined ? [] : [{ indicatorId, instants: instantsOf(terms, source, now) }];
        }),
      );
      for (const id of ids) {
        const source = sourceOf(id);
        if (source !== undefined) before.set(id, step(terms, source, now, before.get(id) ?? NOT_EVALUATED));
      }
    }
  };
}
