import { useState } from 'react';
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
import { instantOf, localInput } from '../../on-call/local-input.ts';
import { weeklyRule } from './rule-words.ts';

type Body = Parameters<typeof api.slo.proposeCorrection>[0]['body'];
type Kind = Body['rule']['kind'];
type Repeat = 'once' | 'weekly';

const HOUR_MS = 3_600_000;
const FIELDS = ['from', 'to', 'good', 'valid', 'timeZone', 'reason'];

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
  // What comes from an incident stays a proposal, so that the record names where it came from.
  const isProposal = !isEditor || given.source !== undefined;
  const create = useAct(
    (body: Body) =>
      isProposal
        ? api.slo.proposeCorrection({ params: { slug }, body })
        : api.slo.createCorrection({ params: { slug }, body: { rule: body.rule, reason: body.reason } }),
    { renews: ['slo'], said: () => (isProposal ? 'Proposed; an editor decides.' : 'It counts from now on.') },
  );
  const submit = (data: FormData) => create.mutate(bodyOf(data, kind, repeat, given.source));
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
          {kind === 'exclude' && (
            <Segments
              label="How often"
              value={repeat}
              onChange={setRepeat}
              options={[
                { value: 'once', label: 'Once' },
                { value: 'weekly', label: 'Every week' },
              ]}
            />
          )}
        </div>
        <div className="pair spans">
          <TextField
            name="from"
            label="From"
            hint="your own time"
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
        {kind === 'exclude' && repeat === 'weekly' && (
          <TextField name="timeZone" label="Time zone" hint="it comes again on the wall clock of this zone" defaultValue={viewerZone()} />
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

function bodyOf(data: FormData, kind: Kind, repeat: Repeat, source: string | undefined): Body {
  const from = textOf(data, 'from');
  const span = { from: instantOf(from), to: instantOf(textOf(data, 'to')) };
  const isWeekly = kind === 'exclude' && repeat === 'weekly';
  return {
    rule: {
      kind,
      ...span,
      ...(kind === 'recount' && { good: Number(textOf(data, 'good')), valid: Number(textOf(data, 'valid')) }),
      ...(isWeekly && { rrule: weeklyRule(new Date(from).getDay()), timeZone: textOf(data, 'timeZone') }),
    },
    reason: textOf(data, 'reason'),
    ...(source !== undefined && { source }),
  };
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
