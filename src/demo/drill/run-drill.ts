import { setStage } from './set-stage.ts';
import { alertReset, gate, mitigated, postmortem, resolved } from './steps-until-gate.ts';
import { alerted, burning, deployed, paged } from './steps-until-page.ts';
import { acknowledged, declared, rolledBack, updated } from './steps-until-rollback.ts';
import { DrillFailure, type Findings, type Sabotage, type Stage, type Step, STEP_NAMES, type StepName } from './story.ts';

export interface DrillOptions {
  /** Ends standard output with one line of JSON. */
  json: boolean;
  sabotage?: Sabotage | undefined;
}

interface StepResult {
  name: StepName;
  ok: boolean;
  seconds: number;
  /** When it ended. */
  at: string;
}

const STEPS: Record<StepName, { step: Step; withinMs: number }> = {
  deployed: { step: deployed, withinMs: 15_000 },
  burning: { step: burning, withinMs: 115_000 },
  alerted: { step: alerted, withinMs: 35_000 },
  paged: { step: paged, withinMs: 50_000 },
  acknowledged: { step: acknowledged, withinMs: 15_000 },
  declared: { step: declared, withinMs: 15_000 },
  updated: { step: updated, withinMs: 15_000 },
  rolled_back: { step: rolledBack, withinMs: 60_000 },
  mitigated: { step: mitigated, withinMs: 70_000 },
  alert_reset: { step: alertReset, withinMs: 410_000 },
  resolved: { step: resolved, withinMs: 15_000 },
  postmortem: { step: postmortem, withinMs: 40_000 },
  gate: { step: gate, withinMs: 15_000 },
};

/** Plays the acceptance story on a fresh installation, in real time. The number is the exit code: 0, or 1 at the first step that fails. */
export async function runDrill(options: DrillOptions): Promise<number> {
  const startedAt = Date.now();
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  // Started through the launcher under another Node, which is gone.
  if (process.connected) process.on('disconnect', interrupt);
  const endings: (() => Promise<void> | void)[] = [];
  const say = (line: string): void => console.log(`${clock(Date.now() - startedAt)}  ${line}`);
  const remark = (line: string): void => say(`${''.padEnd(13)} ${line}`);
  const results: StepResult[] = [];
  let problem: string | undefined;
  try {
    say(`${'set-up'.padEnd(13)} a fresh installation, its shop, a mail server and a webhook receiver`);
    const stage = await setStage({ sabotage: options.sabotage, signal: interruption.signal, remark, started: (end) => endings.push(end) });
    problem = await play(stage, { say, results });
  } catch (error) {
    problem = sentenceOf(error);
    say(`${'set-up'.padEnd(13)} FAILED: ${problem}`);
  }
  await endAll(endings, remark);
  for (const signal of [...signals, 'disconnect'] as const) process.off(signal, interrupt);
  const seconds = secondsSince(startedAt);
  say(problem === undefined ? `The drill passed in ${clock(seconds * 1000)}.` : `The drill failed: ${problem}`);
  if (options.json) console.log(JSON.stringify({ ok: problem === undefined, seconds, steps: results }));
  return problem === undefined ? 0 : 1;
}

/** Runs the steps in order until one fails; what it said then, or undefined when all went well. */
async function play(stage: Stage, { say, results }: { say: (line: string) => void; results: StepResult[] }): Promise<string | undefined> {
  const found: Findings = {
    deployedAt: 0,
    rolledBackAt: 0,
    alertId: '',
    pageId: '',
    acknowledgeUrl: '',
    incidentId: '',
    incidentTitle: '',
  };
  for (const name of STEP_NAMES) {
    const startedAt = Date.now();
    const { step, withinMs } = STEPS[name];
    const outcome = await within(stage, withinMs, () => step(stage, found)).then(
      (text) => ({ ok: true, text }),
      (error: unknown) => ({ ok: false, text: sentenceOf(error) }),
    );
    results.push({ name, ok: outcome.ok, seconds: secondsSince(startedAt), at: new Date().toISOString() });
    say(`${name.padEnd(13)} ${outcome.ok ? '' : 'FAILED: '}${outcome.text}`);
    if (!outcome.ok) return `${name}: ${outcome.text}`;
  }
  return undefined;
}

/** A step that hangs fails: no step may outlast its deadline, whatever it waits for. */
async function within<T>({ signal }: Stage, ms: number, run: () => Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => over.reject(new DrillFailure(`not done within ${ms / 1000} s`)), ms);
  const interrupted = (): void => over.reject(new DrillFailure('the drill was interrupted'));
  signal.addEventListener('abort', interrupted, { once: true });
  if (signal.aborted) interrupted();
  try {
    return await Promise.race([run(), over.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupted);
    over.promise.catch(() => undefined);
  }
}

/** Ends what was started, the last first; one that will not end does not keep the others. */
async function endAll(endings: (() => Promise<void> | void)[], remark: (line: string) => void): Promise<void> {
  for (const end of endings.toReversed()) {
    try {
      await end();
    } catch (error) {
      remark(`could not clean up: ${sentenceOf(error)}`);
    }
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function secondsSince(at: number): number {
  return Math.round((Date.now() - at) / 100) / 10;
}

/** Minutes and seconds since the drill began: `1:05`. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
