import { type Instant, MINUTE_MS, SECOND_MS } from '#kernel/instant.ts';

/** What one objective is evaluated by every 30 s. `share` is how often a rule runs of all evaluations: 1 is each. */
export interface ShapedRule {
  expr: string;
  share: number;
}

export interface Shape {
  name: string;
  rules(objective: number): ShapedRule[];
  /** Series that its rules read of each other. `whole`: over all of the history, else only at its end. */
  recorded(objective: number): { series: string; whole: boolean; value: number }[];
}

const TARGET = 0.999;
const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

const total = (objective: number): string => `requests_total{objective="${objective}"}`;
const errors = (objective: number): string => `requests_total{objective="${objective}",code=~"5.."}`;
const always = (exprs: readonly string[]): ShapedRule[] => exprs.map((expr) => ({ expr, share: 1 }));

/** Ratios of raw rates over seven windows, the period as the mean of the shortest of them; seven figures about it; two alerts. */
export const SLOTH_SHAPED: Shape = {
  name: 'sloth',
  rules: (objective) => {
    const id = `{sloth_id="shop-${objective}",sloth_service="shop",sloth_slo="${objective}"}`;
    const ratio = (window: string): string => `slo:sli_error:ratio_rate${window}${id}`;
    const five = ratio('5m');
    const burn = (window: string): string =>
      `${ratio(window)} / on(sloth_id, sloth_slo, sloth_service) group_left slo:error_budget:ratio${id}`;
    const above = (window: string, factor: number): string => `max(${ratio(window)} > (${factor} * ${1 - TARGET})) without (sloth_window)`;
    const alert = (pairs: readonly (readonly [short: string, long: string, factor: number])[]): string =>
      pairs.map(([short, long, factor]) => `(${above(short, factor)} and ${above(long, factor)})`).join(' or ');
    return always([
      ...WINDOWS.map((window) => `(sum(rate(${errors(objective)}[${window}]))) / (sum(rate(${total(objective)}[${window}])))`),
      `sum_over_time(${five}[30d]) / ignoring(sloth_window) count_over_time(${five}[30d])`,
      `vector(${TARGET})`,
      `vector(1 - ${TARGET})`,
      'vector(30)',
      burn('5m'),
      burn('30d'),
      `1 - slo:period_burn_rate:ratio${id}`,
      'vector(1)',
      alert([
        ['5m', '1h', 14.4],
        ['30m', '6h', 6],
      ]),
      alert([
        ['2h', '1d', 3],
        ['6h', '3d', 1],
      ]),
    ]);
  },
  recorded: (objective) => {
    const labels = `sloth_id="shop-${objective}",sloth_service="shop",sloth_slo="${objective}"`;
    return [
      ...[...WINDOWS, '30d'].map((window) => ({
        series: `slo:sli_error:ratio_rate${window}{${labels},sloth_window="${window}"}`,
        whole: window === '5m',
        value: 0.0002,
      })),
      { series: `slo:error_budget:ratio{${labels}}`, whole: false, value: 0.001 },
      { series: `slo:period_burn_rate:ratio{${labels}}`, whole: false, value: 0.2 },
    ];
  },
};

const PYRRA_WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '4d'] as const;

/** Raw increases by code over the period and a look for absence every 150 s; ratios of raw rates over seven windows; four alerts. */
export const PYRRA_SHAPED: Shape = {
  name: 'pyrra',
  rules: (objective) => {
    const burn = (window: string): string => `requests:burnrate${window}{objective="${objective}",slo="${objective}"}`;
    const alert = (short: string, long: string, factor: number): string =>
      `${burn(short)} > (${factor} * (1-${TARGET})) and ${burn(long)} > (${factor} * (1-${TARGET}))`;
    return [
      { expr: `sum by (code) (increase(${total(objective)}[4w]))`, share: 1 / 5 },
      { expr: `absent(${total(objective)}) == 1`, share: 1 / 5 },
      ...always([
        ...PYRRA_WINDOWS.map((window) => `sum(rate(${errors(objective)}[${window}])) / sum(rate(${total(objective)}[${window}]))`),
        alert('5m', '1h', 14),
        alert('30m', '6h', 7),
        alert('2h', '1d', 2),
        alert('6h', '4d', 1),
      ]),
    ];
  },
  recorded: (objective) =>
    PYRRA_WINDOWS.map((window) => ({
      series: `requests:burnrate${window}{objective="${objective}",slo="${objective}"}`,
      whole: false,
      value: 0.0002,
    })),
};

/** So far back at the end of the history that every evaluation of a bench finds them. */
const RECENT_MS = 60 * MINUTE_MS;
const STEP_MS = 30 * SECOND_MS;

/** What the rules would have recorded by then, as OpenMetrics. */
export function recordedText(shapes: readonly Shape[], objectives: number, end: Instant): (from: Instant, to: Instant) => string {
  return (from, to) => {
    const families = new Map<string, string[]>();
    for (const { series, whole, value } of shapes.flatMap((shape) =>
      Array.from({ length: objectives }, (_, objective) => shape.recorded(objective)).flat(),
    )) {
      const name = series.slice(0, series.indexOf('{'));
      const lines = families.get(name) ?? [];
      families.set(name, lines);
      for (let at = whole ? from : Math.max(from, end - RECENT_MS); at < to; at += STEP_MS)
        lines.push(`${series} ${value} ${at / SECOND_MS}`);
    }
    return [...families]
      .filter(([, lines]) => lines.length > 0)
      .map(([name, lines]) => `# TYPE ${name} unknown\n${lines.join('\n')}\n`)
      .join('');
  };
}
