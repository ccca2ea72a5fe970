import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { ObjectiveDocument } from '#modules/slo/openslo/definition.ts';
import { exportRules } from '#modules/slo/rules/export-rules.ts';

const hasTool = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
/** Whether Prometheus' and Alertmanager's own tools are there. */
export const hasRuleTools = ['promtool', 'amtool'].every(hasTool);
/** Whether the one of VictoriaMetrics that evaluates rules is there. */
export const hasVmalert = hasTool('vmalert');

/** Runs a tool in a folder of its own that holds these files. */
export function runTool(tool: string, args: readonly string[], files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-rules-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const { status, stdout, stderr } = spawnSync(tool, args, { cwd: folder, encoding: 'utf8' });
    return { status, output: stdout, errors: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Steps of 30 s of a counter, by what each adds; undefined before it exists. */
export function counter(steps: number, added: (step: number) => number | undefined): string {
  const values: string[] = [];
  let sum = 0;
  for (let step = 0; step <= steps; step += 1) {
    const more = added(step);
    sum += more ?? 0;
    values.push(more === undefined ? '_' : String(sum));
  }
  return values.join(' ');
}

export interface RuleStory {
  series: Record<string, string>;
  /** Expressions without labels, and their value at a time; null where there is none. */
  expressions?: [time: string, expression: string, value: number | null][];
  /** Which alert fires at a time. */
  alerts?: ToldAlert[];
  /** Between two values of a series; 30 s unless told. */
  interval?: string;
  /** Records that are given, not made by their rules. */
  given?: string[];
}

export type ToldAlert = [time: string, severity: 'page' | 'ticket', fires: boolean];

/**
 * What Prometheus says of the rules of some objectives, evaluated every 30 s: `as told`, or where it differs. Alerts are those
 * of `paying`.
 */
export function tellRules(
  { series, expressions = [], alerts = [], interval = '30s', given = [] }: RuleStory,
  documents: readonly ObjectiveDocument[],
): string {
  const firing = (severity: string): string =>
    `count(ALERTS{alertname="ErrorBudgetBurn", alertstate="firing", sloth_slo="paying", sloth_severity="${severity}"})`;
  const asked = [...expressions, ...alerts.map(([time, severity, fires]) => [time, firing(severity), fires ? 1 : null] as const)];
  const suite = {
    rule_files: ['rules.yml'],
    evaluation_interval: '30s',
    tests: [
      {
        interval,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: asked.map(([eval_time, expr, value]) => ({
          expr,
          eval_time,
          exp_samples: value === null ? [] : [{ labels: '{}', value }],
        })),
      },
    ],
  };
  const { groups } = parse(exportRules(documents).text) as { groups: { rules: { record?: string }[] }[] };
  for (const group of groups) group.rules = group.rules.filter(({ record = '' }) => !given.includes(record));
  const rules = stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
  const written = stringify(suite, { lineWidth: 0, aliasDuplicateObjects: false });
  const { status, output, errors } = runTool('promtool', ['test', 'rules', 'test.yml'], { 'rules.yml': rules, 'test.yml': written });
  return status === 0 ? 'as told' : `${output}${errors}`;
}

/** A value for each second: of a counter where it is scraped, of the end of its series where a scrape failed. */
export function scraped(seconds: number, at: (second: number) => number | 'failed' | undefined): string {
  return Array.from({ length: seconds + 1 }, (_, second) => {
    const value = at(second);
    return value === undefined ? '_' : value === 'failed' ? 'stale' : String(value);
  }).join(' ');
}
