import { Link } from '@tanstack/react-router';
import { useMe } from '../../frame/session.ts';
import { Ledger, type LedgerGroup, type LedgerRow } from '../../ui/ledger.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Countdown } from '../../ui/time/countdown.tsx';
import { Why } from '../../ui/why.tsx';
import { channelLook, type Delivery, isNotSetUp, type PageDetail } from './alert-look.tsx';

/** The delivery ledger of a page: everybody told, by which way, what came of it and why not. */
export function DeliveryPanel({ page }: { page: PageDetail }) {
  const me = useMe();
  const people = [...new Map(page.paged.map((entry) => [entry.person.id, entry])).values()];
  const others = page.deliveries.filter((delivery) => !people.some((entry) => entry.person.id === delivery.personId));
  const groups: LedgerGroup[] = people.map((entry) => ({
    key: entry.person.id,
    name: entry.person.name,
    isMe: entry.person.id === me.id,
    role: entry.via,
    rows: rowsOf(
      page.deliveries.filter((delivery) => delivery.personId === entry.person.id),
      page.deliveries,
    ),
  }));
  for (const delivery of others) {
    const known = groups.find((group) => group.key === delivery.personId);
    if (known === undefined)
      groups.push({
        key: delivery.personId,
        name: delivery.personName,
        isMe: delivery.personId === me.id,
        rows: rowsOf(
          others.filter((one) => one.personId === delivery.personId),
          page.deliveries,
        ),
      });
  }
  return (
    <Panel title="Delivery" end="every attempt, and why not" flush>
      {groups.length === 0 ? <p className="pad mute">Nobody has been told yet.</p> : <Ledger groups={groups} />}
    </Panel>
  );
}

function rowsOf(deliveries: readonly Delivery[], all: readonly Delivery[]): LedgerRow[] {
  return deliveries
    .toSorted((a, b) => a.dueAt.localeCompare(b.dueAt))
    .map((delivery) => {
      const first = delivery.attempts[0];
      const look = channelLook(delivery.channel);
      return {
        key: delivery.id,
        icon: look.icon,
        channel: <span title={delivery.target}>{look.word}</span>,
        queued: delivery.state === 'cancelled' && first === undefined ? null : delivery.dueAt,
        sent: first?.startedAt ?? null,
        delivered: delivery.state === 'delivered' ? delivery.finishedAt : null,
        answer: isNotSetUp(delivery, all) ? <NotSetUp delivery={delivery} /> : <Answer delivery={delivery} />,
        ...(isNotSetUp(delivery, all) ? { tone: 'mute' } : tone(delivery)),
      };
    });
}

function tone(delivery: Delivery): Pick<LedgerRow, 'tone'> {
  if (delivery.state === 'failed') return { tone: 'bad' };
  return delivery.state === 'cancelled' ? { tone: 'mute' } : {};
}

/** The other way got through; this one waits for whoever runs Nines. */
function NotSetUp({ delivery }: { delivery: Delivery }) {
  return (
    <>
      {delivery.channel === 'email' ? 'not sent: no mail server is set up here' : 'not sent: this way is not set up here'}{' '}
      <Why ask="What to do" side="right" title="Nothing now: another way reached you">
        <p>
          {delivery.channel === 'email'
            ? 'For e-mail, start Nines with NINES_SMTP_URL=smtp://mail.example.com:587.'
            : 'Whoever runs Nines can set it up.'}{' '}
          You can also choose other ways:{' '}
          <Link to="/settings" className="link">
            How I am reached
          </Link>
          .
        </p>
      </Why>
    </>
  );
}

function Answer({ delivery }: { delivery: Delivery }) {
  const tries = delivery.attempts.length;
  const word = delivery.state === 'queued' && tries === 0 ? 'waits' : delivery.state;
  return (
    <>
      {word}
      {delivery.state === 'queued' && (
        <>
          {', in '}
          <Countdown to={delivery.dueAt} />
        </>
      )}
      {' · '}
      {delivery.because.text}
      {tries > 1 && (
        <>
          {' '}
          <Why
            ask={`${tries} tries`}
            side="right"
            title="Tries"
            sum={delivery.attempts.map((attempt) => ({
              label: `${attempt.attempt}. ${attempt.outcome ?? 'cut off'}`,
              value: attempt.reason ?? '—',
            }))}
          />
        </>
      )}
    </>
  );
}
