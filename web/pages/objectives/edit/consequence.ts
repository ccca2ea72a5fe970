import type { Answer } from '../../../api/contracts.ts';

type PlanEntry = Answer<'slo', 'planObjectives'>['entries'][number];

/** What of the objective decides how an edit of it takes effect. */
export interface EditFacts {
  /** The version that judges now. */
  governing: number;
  /** A later one that waits to. */
  pending: number | null;
  isAlerting: boolean;
  /** Whether anything was ever counted. */
  isObserved: boolean;
}

export interface Consequence {
  kind: 'nothing' | 'words' | 'terms' | 'counts';
  title: string;
  text: string;
}

/** What changes nothing in the judgement. An indicator's words are not among them: they belong to what is counted. */
const WORDS = new Set(['name', 'description', 'rationale', 'onBreach', 'links', 'labels', 'service', 'policy']);

/** What an edit means, before it is saved: when it takes effect, and what judges until then. */
export function consequenceOf(entry: Pick<PlanEntry, 'action' | 'changes' | 'keepsCounts'>, facts: EditFacts): Consequence {
  if (entry.action === 'unchanged')
    return { kind: 'nothing', title: 'Nothing differs yet.', text: 'What you change here is told here, before it is saved.' };
  const parts = entry.changes.map(({ path }) => path.split(/[.[]/)[0] ?? '');
  if (!entry.keepsCounts) return ofCounts(facts);
  if (parts.every((part) => WORDS.has(part))) return ofWords(parts, facts);
  return ofTerms(facts);
}

function ofWords(parts: readonly string[], { governing, pending }: EditFacts): Consequence {
  if (pending !== null) {
    const text = `Version ${pending} waits already. This edit takes its place with the same terms; version ${governing} judges until it can take over.`;
    return { kind: 'words', title: 'It waits, as the version before it does.', text };
  }
  const policy = parts.includes('policy') ? ' Its level is read by the policy chosen.' : '';
  return { kind: 'words', title: 'Takes effect at once.', text: `Counts, budget and alerts are judged as before.${policy}` };
}

function ofTerms({ governing, isAlerting, pending }: EditFacts): Consequence {
  const kept = 'The counts go on as they are, and the whole window is judged by the new terms.';
  if (isAlerting) {
    const text = `${kept} An alert is live: if the edit alone would end it, version ${governing} goes on judging until it ends by itself.`;
    return { kind: 'terms', title: 'Judges from the next evaluation on, unless that would silence an alert.', text };
  }
  const replaced = pending === null ? '' : ` Version ${pending}, which waits, is replaced by it.`;
  return { kind: 'terms', title: 'Judges from the next evaluation on.', text: `${kept}${replaced}` };
}

function ofCounts({ governing, isObserved }: EditFacts): Consequence {
  if (!isObserved) return { kind: 'counts', title: 'Takes effect at once.', text: 'Nothing was counted yet, so no counts are given up.' };
  return {
    kind: 'counts',
    title: 'New counts begin.',
    text: `The indicator differs, and counts of two are never mixed. Version ${governing} judges by its own counts until the new one has seen enough to tell, and would silence no live alert.`,
  };
}
