import { useState } from 'react';
import { iso } from '#kernel/instant.ts';
import { instantOf as instantOnWall, isCalendarDate, isZone, WallTime } from '#kernel/zoned.ts';
import { api } from '../../../api/client.ts';
import type { ApiProblem } from '../../../api/problem.ts';
import { useAct } from '../../../frame/act.ts';
import { useMay } from '../../../frame/session.ts';
import { nowMs } from '../../../lib/clock.ts';
import { viewerZone } from '../../../lib/zone.ts';
import { Button, Segments } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/form/field.tsx';
import { Form, type FormProblem, textOf } from '../../../ui/form/form.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { numberOf } from '../nines/nines.ts';
import { instantOf, localInput } from '../../on-call/local-input.ts';
import { type Repeat, ruleOf } from './rule-words.ts';

type Body = Parameters<typeof api.slo.proposeCorrection>[0]['body'];
type Kind = Body['rule']['kind'];

const HOUR_MS = 3_600_000;
const FIELDS = ['from', 'to', 'good', 'valid', 'timeZone', 'reason'];
const REPEATS = [
  { value: 'once', label: 'Once' },
  { value: 'daily', label: 'Daily' },
  { value: 'weekly', label: 'Weekly' },
  { value: 'monthly', label: 'Monthly' },
] as const;

interface Given {
  from?: string | undefined;
  to?: string | undefined;
  source?: string | undefined;
}

/** Takes a period out, or says what it counts as. An editor's counts at once; anyone else's is a proposal. */
export function CorrectionForm({ slug, given }: { slug: string; given: Given }) {
  const isEditor = useMay('editor');
  const [kind, setKind] = useState<Kind>('exclude');
  const [repeat, setRepeat] = useState<Repeat>('once');
  const [timeZone, setTimeZone] = useState(viewerZone);
  const zone = kind === 'exclude' && repeat !== 'once' ? timeZone.trim() : undefined;
  // What comes from an incident stays a proposal, so that the record names where it came from.
  const isProposal = !isEditor || given.source !== undefined;
  const create = useAct(
    (body: Body) =>
      isProposal
        ? api.slo.proposeCorrection({ params: { slug }, body })
        : api.slo.createCorrection({ params: { slug }, body: { rule: body.rule, reason: body.reason } }),
    { renews: ['slo'], said: () => (isProposal ? 'Proposed; an editor decides.' : 'It counts from now on.') },
  );
  const submit = (data: FormData) => create.mutate(bodyOf(data, { kind, repeat, zone, source: given.source }));
  const hour = Math.floor(nowMs() / HOUR_MS) * HOUR_MS;
  return (
    <Panel title={isProposal ? 'Propose a correction' : 'Add a correction'}>
      <Form problem={placed(create.error)} fields={FIELDS} onSubmit={submit} label="Correction">
        <div className="row wrap">
          <Segments
            label="What"
            value={kind}
            onChange={setKind}
            options={[
              { value: 'exclude', label: 'Exclude' },
              { value: 'recount', label: 'Count again' },
            ]}
          />
          {kind === 'exclude' && <Segments label="How often" value={repeat} onChange={setRepeat} options={REPEATS} />}
        </div>
        <div className="pair spans">
          <TextField
            name="from"
            label="From"
            hint={zone === undefined ? 'your own time' : `as the clock shows in ${zone === '' ? '…' : zone}`}
            type="datetime-local"
            defaultValue={localInput(momentOf(given.from) ?? hour - HOUR_MS)}
            required
          />
          <TextField name="to" label="Until" type="datetime-local" defaultValue={localInput(momentOf(given.to) ?? hour)} required />
        </div>
        {kind === 'recount' && (
          <div className="pair">
            <TextField name="good" label="Good events" inputMode="numeric" required />
            <TextField name="valid" label="Valid events" inputMode="numeric" required />
          </div>
        )}
        {zone !== undefined && (
          <TextField
            name="timeZone"
            label="Time zone"
            hint="From and Until are read in it, and it comes again by its clock"
            value={timeZone}
            onChange={(event) => setTimeZone(event.target.value)}
          />
        )}
        <TextField name="reason" label="Why" placeholder="Announced database upgrade" maxLength={500} required />
        <div className="foot">
          <Button kind="primary" type="submit" busy={create.isPending}>
            {isProposal ? 'Propose' : 'Add'}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}

interface Chosen {
  kind: Kind;
  repeat: Repeat;
  /** The zone of what repeats; undefined for what happens once, in the viewer's own. */
  zone: string | undefined;
  source: string | undefined;
}

function bodyOf(data: FormData, { kind, repeat, zone, source }: Chosen): Body {
  const from = textOf(data, 'from');
  const rrule = zone === undefined ? undefined : ruleOf(repeat, from);
  const [good, valid] = kind === 'recount' ? [numberOf(textOf(data, 'good')), numberOf(textOf(data, 'valid'))] : [];
  return {
    rule: {
      kind,
      from: instantIn(from, zone),
      to: instantIn(textOf(data, 'to'), zone),
      ...(good !== undefined && { good }),
      ...(valid !== undefined && { valid }),
      ...(rrule !== undefined && { rrule }),
      ...(zone !== undefined && { timeZone: zone }),
    },
    reason: textOf(data, 'reason'),
    ...(source !== undefined && { source }),
  };
}

/** A wall time as an instant; a text or a zone that is none goes on, so that the server names the problem. */
function instantIn(text: string, zone: string | undefined): string {
  const [date = '', time = ''] = text.split('T');
  const isWall = zone !== undefined && isZone(zone) && isCalendarDate(date) && WallTime.safeParse(time).success;
  return isWall ? iso(instantOnWall(date, time, zone)) : instantOf(text);
}

/** The API names `body.rule.to`; the field is `to`. */
function placed(problem: ApiProblem | null): FormProblem | null {
  if (problem === null) return null;
  return { message: problem.message, fields: problem.fields.map((field) => ({ ...field, path: field.path.replace('.rule.', '.') })) };
}

function momentOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}
