import { type KeyboardEvent, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { COMMAND_ENTER } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import type { IncidentDetail } from './incident-look.tsx';
import { NOTE_WORDS } from './timeline-look.ts';

export const NOTE_KINDS = ['note', 'decision', 'hypothesis', 'action'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

export function useAddNote(incidentId: string, after: () => void) {
  return useAct((body: { kind: NoteKind; text: string }) => api.incidents.addNote({ params: { id: incidentId }, body }), {
    renews: ['incidents'],
    after,
  });
}

/** Writes into the timeline, for the team only. What is written stays in the field until the server has it. */
export function Composer({ incident }: { incident: IncidentDetail }) {
  const [kind, setKind] = useState<NoteKind>('note');
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const add = useAddNote(incident.id, () => {
    setText('');
    field.current?.focus();
  });
  const send = () => {
    if (text.trim() !== '' && !add.isPending) add.mutate({ kind, text });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="no-phone"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ProblemNote problem={add.error} what="Not added." />
      <div className="composer">
        <label className="sr" htmlFor="composer">
          Add to the timeline
        </label>
        <textarea
          id="composer"
          ref={field}
          rows={Math.min(8, text.split('\n').length)}
          placeholder="What do you see, know or decide?"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="bar">
          {NOTE_KINDS.map((one) => (
            <button key={one} className="k" type="button" aria-pressed={one === kind} onClick={() => setKind(one)}>
              {NOTE_WORDS[one]}
            </button>
          ))}
          <span className="end">
            <span className="sm mute">Team only</span>
            <Button type="submit" busy={add.isPending} hotkey={COMMAND_ENTER}>
              Add
            </Button>
          </span>
        </div>
      </div>
    </form>
  );
}
