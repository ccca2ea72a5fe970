import type { DemoApi } from '../api.ts';
import type { Demo } from '../run.ts';
import type { MailCatcher } from './catch-mail.ts';
import type { WebhookCatcher } from './catch-webhooks.ts';

export const STEP_NAMES = [
  'deployed',
  'burning',
  'alerted',
  'paged',
  'acknowledged',
  'declared',
  'updated',
  'rolled_back',
  'mitigated',
  'alert_reset',
  'resolved',
  'postmortem',
  'gate',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** What is broken on purpose, to see that the drill notices: each fails one step and no other. */
export type Sabotage = 'shop' | 'smtp' | 'oncall' | 'gate';

export const OBJECTIVE = 'checkout-availability';

/** The place where the story happens, ready and quiet. */
export interface Stage {
  url: string;
  api: DemoApi;
  demo: Demo;
  mail: MailCatcher;
  hooks: WebhookCatcher;
  /** Who is on call, and so must be paged. */
  primary: { id: string; name: string; email: string; webhookSecret: string };
  sabotage: Sabotage | undefined;
  remainingBefore: number;
  signal: AbortSignal;
  /** One more line under the step that runs. */
  remark: (line: string) => void;
}

/** What the steps find out, each for those after it. */
export interface Findings {
  deployedAt: number;
  rolledBackAt: number;
  alertId: string;
  pageId: string;
  acknowledgeUrl: string;
  incidentId: string;
  incidentTitle: string;
}

/** One step of the story: carries it on and says in a sentence what came of it, or throws a DrillFailure. */
export type Step = (stage: Stage, found: Findings) => Promise<string>;

/** The story did not go on; the message is for whoever runs the drill. */
export class DrillFailure extends Error {}

export function fail(sentence: string): never {
  throw new DrillFailure(sentence);
}

/** Asks again and again until there is an answer; `late` says what is wrong when there was none in time. */
export async function eventually<T>(
  stage: Pick<Stage, 'signal'>,
  options: { by: number; everyMs?: number; late: () => string },
  ask: () => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= options.by) fail(options.late());
    await sleep(stage, options.everyMs ?? 1000);
  }
}

export async function sleep({ signal }: Pick<Stage, 'signal'>, ms: number): Promise<void> {
  if (signal.aborted) fail('the drill was interrupted');
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
  if (signal.aborted) fail('the drill was interrupted');
}

export function percent(ratio: number | null): string {
  return ratio === null ? 'an unknown share' : `${(Math.floor(ratio * 1000) / 10).toFixed(1)} %`;
}
