import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';
import { Avatar } from './mark.tsx';
import { type At, Time } from './time/time.tsx';

export interface LedgerRow {
  key: string;
  icon: IconName;
  channel: ReactNode;
  queued: At | null;
  sent: At | null;
  delivered: At | null;
  /** The sentence that says what came of it, or why nothing did. */
  answer: ReactNode;
  tone?: 'bad' | 'good' | 'mute';
}

export interface LedgerGroup {
  key: string;
  name: string;
  isMe?: boolean;
  role?: ReactNode;
  why?: ReactNode;
  rows: readonly LedgerRow[];
}

/** One row for each attempt, a dash where nothing happened, and a sentence that says why. */
export function Ledger({ groups }: { groups: readonly LedgerGroup[] }) {
  return (
    <div className="ledger" role="table" aria-label="Delivery ledger">
      <div className="lr" role="row">
        {['Channel', 'Queued', 'Sent', 'Delivered', 'Answer or reason'].map((head) => (
          <span key={head} role="columnheader">
            {head}
          </span>
        ))}
      </div>
      {groups.map((group) => (
        <Group key={group.key} group={group} />
      ))}
    </div>
  );
}

function Group({ group }: { group: LedgerGroup }) {
  return (
    <>
      <div className="grp" role="row">
        <span role="cell" className="row wrap">
          <Avatar name={group.name} me={group.isMe === true} />
          <b className="medium">{group.name}</b>
          {group.role !== undefined && <span className="mute sm">{group.role}</span>}
          {group.why}
        </span>
      </div>
      {group.rows.map((row) => (
        <div className="lr" role="row" key={row.key}>
          <span className="ch" role="cell">
            <Icon name={row.icon} />
            {row.channel}
          </span>
          <Cell className="tq" at={row.queued} />
          <Cell className="ts" at={row.sent} />
          <Cell className="td" at={row.delivered} />
          <span className="ans" role="cell">
            <span
              className={row.tone === 'bad' ? 'tx-red' : row.tone === 'good' ? 'tx-green medium' : row.tone === 'mute' ? 'mute' : 'soft'}
            >
              {row.answer}
            </span>
          </span>
        </div>
      ))}
    </>
  );
}

function Cell({ at, className }: { at: At | null; className: string }) {
  return (
    <span className={className} role="cell">
      {at === null ? <span className="mute">—</span> : <Time at={at} shape="auto-second" />}
    </span>
  );
}

export interface Step {
  key: string;
  title: ReactNode;
  note: ReactNode;
  state: 'done' | 'next' | 'later' | 'off';
}

/** What has been done and what comes next, left to right; on a phone top to bottom. */
export function Ladder({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className="ladder">
      {steps.map((step) => (
        <li key={step.key} className={step.state === 'done' || step.state === 'next' ? step.state : undefined}>
          <b className={step.state === 'off' ? 'mute' : undefined}>{step.title}</b>
          <span>{step.note}</span>
        </li>
      ))}
    </ol>
  );
}
