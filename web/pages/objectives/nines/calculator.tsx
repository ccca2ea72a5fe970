import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { count, targetPercent } from '../../../lib/words.ts';
import { TextField } from '../../../ui/form/field.tsx';
import { Form } from '../../../ui/form/form.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { allowedSeconds, lengthWords, numberOf, targetOfMinutes } from './nines.ts';

/** From a target and traffic to what may fail, and from minutes back to a target. Nothing is sent. */
export function Calculator() {
  return (
    <div className="calc">
      <FromTarget />
      <FromMinutes />
    </div>
  );
}

function FromTarget() {
  const search = useSearch({ from: '/frame/objectives/nines' });
  const navigate = useNavigate({ from: '/objectives/nines' });
  const [target, setTarget] = useState(search.target ?? '99.9');
  const [perDay, setPerDay] = useState(search.events ?? '1000000');
  const keep = (next: { target: string; events: string }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const ratio = numberOf(target);
  const events = numberOf(perDay);
  const isTarget = ratio !== undefined && ratio > 0 && ratio < 100;
  return (
    <Panel title="What may fail">
      <Form onSubmit={() => keep({ target, events: perDay })} label="What may fail">
        <div className="pair">
          <TextField
            name="target"
            label="Target"
            hint="percent"
            inputMode="decimal"
            value={target}
            onChange={(event) => setTarget(event.target.value)}
            onBlur={() => keep({ target, events: perDay })}
          />
          <TextField
            name="events"
            label="Valid events a day"
            inputMode="decimal"
            value={perDay}
            onChange={(event) => setPerDay(event.target.value)}
            onBlur={() => keep({ target, events: perDay })}
          />
        </div>
        <output className="outcome">
          {!isTarget || events === undefined || events < 0 ? (
            <span className="mute">A target lies between 0 and 100 %, and events are a number.</span>
          ) : (
            <>
              <b>{bad(events * 30 * (1 - ratio / 100))}</b> of {count(events * 30)} events in 30 d, <b>{bad(events * (1 - ratio / 100))}</b>{' '}
              a day, or <b>{lengthWords(allowedSeconds(ratio / 100, 30))}</b> of full outage of 30 d.
            </>
          )}
        </output>
      </Form>
    </Panel>
  );
}

function bad(events: number): string {
  return events < 10 ? String(Number(events.toFixed(2))) : count(events);
}

function FromMinutes() {
  const [minutes, setMinutes] = useState('60');
  const [days, setDays] = useState('30');
  const length = numberOf(minutes);
  const period = numberOf(days);
  const target = length === undefined || period === undefined ? undefined : targetOfMinutes(length, period);
  return (
    <Panel title="From minutes to a target">
      <Form onSubmit={() => undefined} label="From minutes to a target">
        <div className="pair">
          <TextField
            name="minutes"
            label="Minutes of full outage"
            inputMode="decimal"
            value={minutes}
            onChange={(event) => setMinutes(event.target.value)}
          />
          <TextField name="days" label="In days" inputMode="decimal" value={days} onChange={(event) => setDays(event.target.value)} />
        </div>
        <output className="outcome">
          {target === undefined ? (
            <span className="mute">No target allows that: it takes more than nothing and less than the whole time.</span>
          ) : (
            <>
              A target of <b>{targetPercent(target)}</b> allows {lengthWords(Number(length) * 60)} of full outage in {days} d.
            </>
          )}
        </output>
      </Form>
    </Panel>
  );
}
