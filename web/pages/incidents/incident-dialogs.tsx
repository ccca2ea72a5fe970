import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { useNow } from '../../lib/clock.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { TextArea, TextField } from '../../ui/form/field.tsx';
import { Form, textOf } from '../../ui/form/form.tsx';
import { Note } from '../../ui/note.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { Countdown } from '../../ui/time/countdown.tsx';
import { NOTE_KINDS, type NoteKind, useAddNote } from './composer.tsx';
import { SeverityChoice } from './declare-page.tsx';
import type { IncidentDetail } from './incident-look.tsx';
import { NOTE_WORDS } from './timeline-look.ts';

interface DialogProps {
  incident: IncidentDetail;
  open: boolean;
  onClose: () => void;
}

/** On a phone, where the composer has no room. */
export function NoteDialog({ incident, open, onClose }: DialogProps) {
  return (
    <Dialog open={open} onOpenChange={(shown) => !shown && onClose()} title="Add to the timeline">
      <NoteForm incident={incident} onClose={onClose} />
    </Dialog>
  );
}

function NoteForm({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }) {
  const [kind, setKind] = useState<NoteKind>('note');
  const add = useAddNote(incident.id, onClose);
  return (
    <Form problem={add.error} fields={['text']} onSubmit={(data) => add.mutate({ kind, text: textOf(data, 'text') })}>
      <Segments label="Kind" value={kind} onChange={setKind} options={NOTE_KINDS.map((value) => ({ value, label: NOTE_WORDS[value] }))} />
      <TextArea name="text" label="What do you see, know or decide?" hint="team only" rows={4} required />
      <div className="foot">
        <Button kind="primary" size="large" type="submit" busy={add.isPending}>
          Add
        </Button>
      </div>
    </Form>
  );
}

export function SeverityDialog({ incident, open, onClose }: DialogProps) {
  return (
    <Dialog open={open} onOpenChange={(shown) => !shown && onClose()} title="Change the severity">
      <SeverityForm incident={incident} onClose={onClose} />
    </Dialog>
  );
}

function SeverityForm({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }) {
  const [severity, setSeverity] = useState(incident.severity);
  const change = useAct((reason: string) => api.incidents.changeSeverity({ params: { id: incident.id }, body: { severity, reason } }), {
    renews: ['incidents'],
    said: (now) => `It is ${now.severity} now.`,
    after: onClose,
  });
  return (
    <Form problem={change.error} fields={['severity', 'reason']} onSubmit={(data) => change.mutate(textOf(data, 'reason'))}>
      <SeverityChoice value={severity} onChange={setSeverity} />
      <TextField name="reason" label="Why" hint="it stands in the timeline" maxLength={500} required />
      <div className="foot">
        <Button kind="primary" size="large" type="submit" busy={change.isPending} disabled={severity === incident.severity}>
          Make it {severity}
        </Button>
      </div>
    </Form>
  );
}

export function ResolveDialog({ incident, open, onClose }: DialogProps) {
  return (
    <Dialog open={open} onOpenChange={(shown) => !shown && onClose()} title="Resolve" narrow>
      <ResolveForm incident={incident} onClose={onClose} />
    </Dialog>
  );
}

function ResolveForm({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }) {
  const now = useNow();
  const resolve = useAct((earlyBecause: string) => api.incidents.resolve({ params: { id: incident.id }, body: { earlyBecause } }), {
    renews: ['incidents', 'postmortems', 'slo'],
    said: () => 'It is over.',
    after: onClose,
  });
  const watchEnds = incident.mitigatedAt === null ? undefined : Date.parse(incident.mitigatedAt) + incident.monitoringSeconds * 1000;
  const isEarly = watchEnds === undefined || watchEnds > now;
  return (
    <Form problem={resolve.error} fields={['earlyBecause']} onSubmit={(data) => resolve.mutate(textOf(data, 'earlyBecause'))}>
      {isEarly ? (
        <>
          <Note tone="caution" icon="clock">
            <p>
              {watchEnds === undefined ? (
                'Impact is not marked as over yet.'
              ) : (
                <>
                  The watch ends in <Countdown to={watchEnds} />.
                </>
              )}{' '}
              Sooner takes a reason.
            </p>
          </Note>
          <TextField name="earlyBecause" label="Why it is over already" maxLength={500} required />
        </>
      ) : (
        <p className="soft">The watch has passed without impact. Customers see the incident as resolved.</p>
      )}
      <div className="foot">
        <Button kind="primary" size="large" type="submit" busy={resolve.isPending}>
          Resolve
        </Button>
        <Button size="large" onClick={onClose}>
          Not yet
        </Button>
      </div>
    </Form>
  );
}
