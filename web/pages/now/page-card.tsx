import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMe } from '../../frame/session.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Countdown } from '../../ui/time/countdown.tsx';
import { Ago, Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';
import { type OpenPage, useAcknowledge } from '../alerts/acknowledge.ts';
import { type PageStep, pageSteps } from '../alerts/page-steps.ts';

/** A page that waits: take it or look at it, and what happens if nobody does. */
export function PageCard({ page, mine, first }: { page: OpenPage; mine: boolean; first: boolean }) {
  const me = useMe();
  const detail = useQuery(api.escalation.getPage.query({ params: { id: page.id } }));
  const take = useAcknowledge();
  const steps = detail.data === undefined ? [] : pageSteps(detail.data, me.id);
  const last = page.paged.at(-1);
  return (
    <div className="pagecard" data-row>
      <div>
        <div className="ttl">
          <span>{page.alert.summary}</span>
        </div>
        <div className="sub">
          <span className="mono sm wrap-any">{page.alert.service?.slug ?? page.alert.key}</span>
          <span>
            paged {mine ? 'you' : (last?.person.name ?? 'nobody')} <Ago at={last?.at ?? page.openedAt} />
          </span>
          <Why ask={mine ? 'Why me?' : 'Why?'} title={`Why this page${mine ? ' came to you' : ''}`} reason={page.because}>
            {last !== undefined && (
              <p>
                {last.person.name}: {last.via}
              </p>
            )}
          </Why>
        </div>
      </div>
      <div className="acts">
        <Button
          kind={first ? 'primary' : 'plain'}
          size="large"
          {...(first && mine && { hotkey: 'E' })}
          busy={take.isPending}
          onClick={() => take.mutate(page.id)}
        >
          Acknowledge
        </Button>
        <Link to="/alerts/$id" params={{ id: page.alert.id }} className={buttonClass({ size: 'large' })}>
          Open
        </Link>
      </div>
      {take.error !== null && (
        <div className="steps">
          <ProblemNote problem={take.error} what="Not acknowledged." />
        </div>
      )}
      {steps.length > 0 && (
        <ol className="steps">
          {steps.map((step) => (
            <StepLine key={step.key} step={step} />
          ))}
        </ol>
      )}
    </div>
  );
}

function StepLine({ step }: { step: PageStep }) {
  const what = step.how === undefined ? step.who : step.who === 'You' ? step.how : `${step.who}, ${step.inline ?? step.how}`;
  return (
    <li
      className={
        step.state === 'done' || step.state === 'failed' || step.state === 'unset' ? 'done' : step.state === 'next' ? 'next' : undefined
      }
    >
      <Icon name={step.icon} />
      {what}
      {step.state === 'unset' && <span className="mute">not set up</span>}
      {step.state === 'failed' && <span className="tx-red">failed</span>}
      {step.state === 'done' && step.at !== null && <Time at={step.at} shape="auto-second" />}
      {(step.state === 'next' || step.state === 'later') && step.at !== null && (
        <>
          {' in '}
          <Countdown to={step.at} />
        </>
      )}
    </li>
  );
}
