import { Link } from '@tanstack/react-router';
import { duration } from '../../../lib/words.ts';
import { Time } from '../../../ui/time/time.tsx';
import type { Backtest } from './past-chart.tsx';
import type { Trouble } from './troubles.ts';

/** How long after its start, or before it was noted, each past incident would have been told of. */
export function Detections({ past, before, troubles }: { past: Backtest; before?: Backtest | undefined; troubles: readonly Trouble[] }) {
  if (troubles.length === 0) return <p className="mute">No incident of this service lies in this time.</p>;
  const of = (backtest: Backtest | undefined, id: string) => backtest?.detections.find((one) => one.id === id);
  return (
    <ul className="plain detections">
      {troubles.map((trouble) => (
        <li key={trouble.id}>
          <span className="grow">
            <Link to="/incidents/$id" params={{ id: trouble.incidentId }}>
              {trouble.id} {trouble.title}
            </Link>{' '}
            <span className="mute sm">
              <Time at={trouble.from} shape="day" />
            </span>
          </span>
          <span className="nowrap">
            {before !== undefined && <span className="mute">{detected(of(before, trouble.id))} → </span>}
            {detected(of(past, trouble.id))}
          </span>
        </li>
      ))}
    </ul>
  );
}

function detected(detection: Backtest['detections'][number] | undefined): string {
  if (detection === undefined) return '—';
  const { pageAfterSeconds: page, ticketAfterSeconds: ticket } = detection;
  if (page !== null) return told('page', page);
  return ticket === null ? 'not detected' : told('ticket', ticket);
}

function told(what: string, afterSeconds: number): string {
  return `${what} ${duration(Math.abs(afterSeconds) * 1000)} ${afterSeconds < 0 ? 'before' : 'after'}`;
}
