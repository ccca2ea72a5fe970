import { Button } from '../../ui/button.tsx';
import { BudgetCell } from '../../ui/budget.tsx';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import { Ladder, Ledger } from '../../ui/ledger.tsx';
import { type Level, LevelChip } from '../../ui/mark.tsx';
import { Facts, KeyValue, Panel, Section } from '../../ui/panel.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Countdown } from '../../ui/time/countdown.tsx';
import { Timeline, type TimelineEntry } from '../../ui/timeline.tsx';
import { Why } from '../../ui/why.tsx';

const START = Date.now();
const ago = (seconds: number) => START - seconds * 1000;

interface Row {
  name: string;
  left: number | null;
  level: Level | undefined;
  burn: string;
}

const ROWS: Row[] = [
  { name: 'Checkout availability', left: 0.435, level: 'caution', burn: '105×' },
  { name: 'Sign-in availability', left: -0.04, level: 'exhausted', burn: '0.2×' },
  { name: 'Nightly settlement ran', left: null, level: undefined, burn: '—' },
];

const COLUMNS: Column<Row>[] = [
  { head: 'Objective', cell: (row) => <a href="#parts">{row.name}</a>, className: 'medium' },
  { head: 'Budget left', cell: (row) => <BudgetCell leftRatio={row.left} level={row.level} />, full: true },
  { head: 'Level', cell: (row) => <LevelChip level={row.level} /> },
  { head: '1 h', cell: (row) => row.burn, right: true, phoneLabel: '1 h' },
  { head: '30 days', cell: (row) => <Sparkline label={`${row.name}, 30 days`} values={[0.6, 0.58, row.left]} />, right: true, spare: true },
];

const ENTRIES: TimelineEntry[] = [
  {
    key: '1',
    at: ago(60),
    icon: 'undo',
    line: (
      <>
        Rollback: 2 of 6 pods on v47.2 <span className="mute">from the deploy pipeline</span>
      </>
    ),
  },
  {
    key: '2',
    at: ago(200),
    icon: 'check',
    line: (
      <>
        <b className="strong">Decision</b> Roll back, do not fix forward <span className="mute">Tomás Rey</span>
      </>
    ),
    more: 'The fix needs a new token scope from the bank side.',
  },
  {
    key: '3',
    at: ago(400),
    icon: 'globe',
    tone: 'pub',
    line: (
      <>
        <b className="strong">Customer update</b> posted
      </>
    ),
    quote: 'Some card payments fail at checkout. Next update by 03:44.',
  },
  { key: '4', at: ago(900), icon: 'bell', tone: 'hot', line: 'Checkout availability burns too fast: 15.2× over 1 h' },
  { key: '5', at: ago(1200), icon: 'check', tone: 'good', line: 'Mitigated: failed share at baseline' },
];

export function RecordParts() {
  return (
    <Section title="Records">
      <div className="stack mid">
        <Panel flush>
          <Table
            label="Objectives, as an example"
            columns={COLUMNS}
            groups={[{ title: 'Worst first', note: 'under 50 % left', rows: ROWS }]}
            rowKey={(row) => row.name}
          />
        </Panel>
        <Panel title="What happens next" end="again and again, until somebody acknowledges">
          <Ladder
            steps={[
              { key: '1', title: 'You, push', note: 'delivered 03:04:53', state: 'done' },
              {
                key: '2',
                title: 'You, SMS',
                note: (
                  <>
                    in <Countdown to={START + 31_000} />
                  </>
                ),
                state: 'next',
              },
              {
                key: '3',
                title: 'You, call',
                note: (
                  <>
                    in <Countdown to={START + 151_000} />
                  </>
                ),
                state: 'later',
              },
              { key: '4', title: 'Tomás Rey', note: 'secondary, 03:19:51', state: 'later' },
              { key: '5', title: 'Priya Nair', note: 'not needed', state: 'off' },
            ]}
          />
        </Panel>
        <Panel title="Delivery" end="every attempt, and why not" flush>
          <Ledger
            groups={[
              {
                key: 'm',
                name: 'Mara Lindqvist',
                isMe: true,
                role: 'primary',
                why: (
                  <Why
                    ask="Why Mara?"
                    reason={{
                      code: 'layer',
                      text: 'The weekly layer names Mara until Mon 09:00; no override covers 03:04.',
                      facts: { schedule: 'Payments primary' },
                    }}
                  />
                ),
                rows: [
                  {
                    key: '1',
                    icon: 'mobile',
                    channel: 'Push, phone',
                    queued: ago(90),
                    sent: ago(90),
                    delivered: ago(88),
                    answer: 'acknowledged 03:06:20',
                    tone: 'good',
                  },
                  {
                    key: '2',
                    icon: 'browser',
                    channel: 'Push, browser',
                    queued: ago(90),
                    sent: ago(90),
                    delivered: null,
                    answer: 'failed 410: the browser dropped it',
                    tone: 'bad',
                  },
                  {
                    key: '3',
                    icon: 'message',
                    channel: 'SMS',
                    queued: null,
                    sent: null,
                    delivered: null,
                    answer: 'cancelled: acknowledged first',
                    tone: 'mute',
                  },
                ],
              },
              {
                key: 'c',
                name: '#checkout-alerts',
                role: 'team channel',
                rows: [
                  {
                    key: '4',
                    icon: 'channel',
                    channel: 'Slack',
                    queued: ago(90),
                    sent: ago(89),
                    delivered: ago(89),
                    answer: 'posted, with Acknowledge',
                  },
                ],
              },
            ]}
          />
        </Panel>
        <Stories />
      </div>
    </Section>
  );
}

function Stories() {
  return (
    <>
      <div className="inc">
        <div className="top">
          <span className="ttl grow">Card payments fail at checkout</span>
        </div>
        <Facts
          items={[
            { label: 'Commander', value: 'Tomás Rey' },
            {
              label: 'Next customer update',
              value: (
                <>
                  in <Countdown to={START + 1_480_000} />
                </>
              ),
            },
            { label: 'Budget spent by it', value: '14.5 %', wide: true },
          ]}
        />
      </div>
      <div className="cols">
        <Panel title="Timeline">
          <Timeline entries={ENTRIES} />
        </Panel>
        <Panel title="This shift">
          <KeyValue
            items={[
              { label: 'Pages', value: 3 },
              { label: 'At night', value: 2 },
              { label: 'To acknowledge, median', value: '1 min 40 s' },
            ]}
          />
          <div className="row wrap">
            <Button>Ask for a swap</Button>
          </div>
        </Panel>
      </div>
    </>
  );
}
