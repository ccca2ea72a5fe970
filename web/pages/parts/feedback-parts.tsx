import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty, Note, SkeletonRows } from '../../ui/note.tsx';
import { Figure, Figures, Section } from '../../ui/panel.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import { Countdown } from '../../ui/time/countdown.tsx';
import { Ago, Length, Time } from '../../ui/time/time.tsx';
import { Why } from '../../ui/why.tsx';

const START = Date.now();

const SNIPPET = `receivers:
  - name: nines
    webhook_configs:
      - url: https://nines.example.com/api/v1/intake/k7Q2`;

const DOCUMENT = `Checks went to the bank **without a return address**. See [change 47](https://example.com/47) and [this](javascript:alert(1)).

- rolled back
- \`deploy rollback checkout\`

| when | what |
|---|---|
| 02:02 | deploy |`;

const SUM = [
  { label: 'Valid requests, 30 d', value: '24,310,000' },
  { label: 'Target 99.9 % allows to fail', value: '24,310' },
  { label: 'Failed before INC-214', value: '10,210' },
  { label: 'Failed in INC-214 so far', value: '3,528' },
  { label: 'Failed in all', value: '13,738', kind: 'total' },
  { label: '13,738 ÷ 24,310', value: '56.5 % spent', kind: 'note' },
  { label: 'Left', value: '43.5 %', kind: 'total' },
] as const;

export function FeedbackParts() {
  return (
    <>
      <Section title="Figures and reasons">
        <div className="panel pad">
          <Figures>
            <Figure
              label="Budget left"
              value="43.5"
              unit="%"
              explain={<Why ask="explain" title="How 43.5 % is made" sum={SUM} foot="All 43,200 min have data. No corrections." />}
            />
            <Figure label="May still fail" value="10,572" />
            <Figure label="Burn, 1 h" value="105×" hot />
          </Figures>
        </div>
      </Section>
      <Section title="Time">
        <div className="panel pad row wrap">
          <Time at={START} shape="moment" />
          <Time at={START} shape="second" />
          <Ago at={START - 720_000} />
          <Length ms={3_840_000} />
          <span>
            SMS in <Countdown to={START + 62_000} />
          </span>
        </div>
      </Section>
      <Section title="Toast, notes">
        <div className="stack tight">
          <div className="toast">
            <Icon name="check" />
            <span className="grow">You have it. SMS, call and Tomás Rey are called off.</span>
            <Button kind="ghost">Undo</Button>
          </div>
          <Note tone="caution">
            <p>
              <b className="strong">Deploy of checkout refused.</b> Budget 31 %, level caution: no deploys on Fridays. Next window Mon 23
              Nov 09:00.
            </p>
          </Note>
          <Note tone="bad" act={<Button>Cover it</Button>}>
            <p>
              <b className="strong">Nobody is on call from Thu 26 Nov 00:00 to Fri 27 Nov 09:00 (33 h).</b> Jonas is on leave.
            </p>
          </Note>
          <Note tone="good">
            <p>
              <b className="strong">All four exit checks hold.</b> The incident can be resolved.
            </p>
          </Note>
        </div>
      </Section>
      <Section title="Empty and loading">
        <div className="stack tight">
          <Empty title="No alerts yet" snippet={SNIPPET} wait="waiting for the first event…">
            <p>Point Alertmanager here; the address is the same kind it already speaks.</p>
          </Empty>
          <SkeletonRows />
        </div>
      </Section>
      <Section title="Document">
        <div className="panel pad">
          <Markdown text={DOCUMENT} />
        </div>
      </Section>
    </>
  );
}
