import type { IconName } from '../../ui/icons.tsx';
import type { IncidentDetail } from './incident-look.tsx';

type Event = IncidentDetail['timeline'][number];

interface Look {
  icon: IconName;
  tone?: 'hot' | 'good' | 'pub';
}

/** What people write carries its kind as a word. */
export const NOTE_WORDS: Record<string, string> = { decision: 'Decision', hypothesis: 'Hypothesis', action: 'Action', note: 'Note' };

const LOOKS: readonly (readonly [word: string, look: Look])[] = [
  ['decision', { icon: 'check' }],
  ['hypothesis', { icon: 'idea' }],
  ['action', { icon: 'action' }],
  ['note', { icon: 'edit' }],
  ['declare', { icon: 'incident', tone: 'hot' }],
  ['severity', { icon: 'up', tone: 'hot' }],
  ['role', { icon: 'person' }],
  ['command', { icon: 'person' }],
  ['mitigat', { icon: 'check', tone: 'good' }],
  ['resolve', { icon: 'check', tone: 'good' }],
  ['alert', { icon: 'bell', tone: 'hot' }],
  ['page', { icon: 'phone' }],
  ['acknowledg', { icon: 'mobile' }],
  ['rollback', { icon: 'undo' }],
  ['change', { icon: 'change' }],
  ['deploy', { icon: 'up' }],
  ['budget', { icon: 'target', tone: 'hot' }],
  ['remind', { icon: 'clock' }],
];

/** The mark of a row, from what its kind or its reason is about. */
export function entryLook(event: Event): Look {
  const about = `${event.kind} ${event.because.code}`;
  return LOOKS.find(([word]) => about.includes(word))?.[1] ?? { icon: 'right' };
}

export function isByPeople(event: Event): boolean {
  return event.actor.kind === 'person' || event.actor.kind === 'link';
}
