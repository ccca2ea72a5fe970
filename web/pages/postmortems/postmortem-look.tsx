import type { Answer } from '../../api/contracts.ts';
import { Chip, SeverityChip } from '../../ui/mark.tsx';
import { type IncidentSeverity, severityOf } from '../incidents/incident-look.tsx';

export type Postmortem = Answer<'postmortems', 'listPostmortems'>['items'][number];
export type PostmortemDetail = Answer<'postmortems', 'getPostmortem'>;
export type Action = Answer<'postmortems', 'listActions'>['items'][number];

const STATES: Record<Postmortem['state'], string> = { draft: 'Draft', in_review: 'In review', published: 'Published' };

export function PostmortemChip({ state }: { state: Postmortem['state'] }) {
  return state === 'published' ? (
    <Chip tone="green" glyph="tick">
      {STATES[state]}
    </Chip>
  ) : (
    <Chip>{STATES[state]}</Chip>
  );
}

/** The severity arrives as text; one that is unknown is shown as it is. */
export function SeverityWord({ severity }: { severity: string }) {
  const known = ['SEV1', 'SEV2', 'SEV3', 'SEV4'].find((one) => one === severity);
  return known === undefined ? <Chip>{severity}</Chip> : <SeverityChip severity={severityOf(known as IncidentSeverity)} />;
}

const ACTION_STATES: Record<Action['state'], string> = { open: 'open', in_progress: 'started', done: 'done', dropped: 'dropped' };

export function ActionChip({ state }: { state: Action['state'] }) {
  if (state === 'in_progress') return <Chip tone="accent">{ACTION_STATES[state]}</Chip>;
  if (state === 'done') {
    return (
      <Chip tone="green" glyph="tick">
        {ACTION_STATES[state]}
      </Chip>
    );
  }
  return <Chip>{ACTION_STATES[state]}</Chip>;
}
