import type { Step } from '../../ui/ledger.tsx';
import { Countdown } from '../../ui/time/countdown.tsx';
import { Time } from '../../ui/time/time.tsx';
import type { PageStep } from './page-steps.ts';

/** What stands beside a step: when it was, or how long until it is. */
function StepNote({ step }: { step: PageStep }) {
  if (step.state === 'unset') return <>not set up here</>;
  if (step.state === 'off' || step.at === null) return <>not needed</>;
  if (step.state === 'failed') return <span className="tx-red">failed</span>;
  if (step.state === 'done') {
    return (
      <>
        sent <Time at={step.at} shape="auto-second" />
      </>
    );
  }
  return (
    <>
      in <Countdown to={step.at} />
    </>
  );
}

export function ladderSteps(steps: readonly PageStep[]): Step[] {
  return steps.map((step) => ({
    key: step.key,
    title: step.how === undefined ? step.who : `${step.who}, ${step.inline ?? step.how}`,
    note: <StepNote step={step} />,
    state: step.state === 'failed' ? 'done' : step.state === 'unset' ? 'off' : step.state,
  }));
}
