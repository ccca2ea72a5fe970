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
  /** Whether the edit has the indicator of the version that judges: its counts are then taken up, whatever waits. */
  isGoverningIndicator: boolean;
}

export interface Consequence {
  kind: 'nothing' | 'words' | 'terms' | 'counts';
  title: string;
  text: string;
}

/** What changes nothing in the judgement. */
const WORDS = new Set(['name', 'description', 'rationale', 'onBreach', 'links', 'labels', 'service', 'policy']);
/** What an indicator says of itself and does not count by. */
const INDICATOR_WORDS: ReadonlySet<string> = new Set(['specification', 'sli', 'measuredAt']);

/** What an edit means, before it is saved: when it takes effect, and what judges until then. */
export function consequenceOf(entry: Pick<PlanEntry, 'action' | 'changes' | 'keepsCounts'>, facts: EditFacts): Consequence {
  if (entry.action === 'unchanged')
    return { kind: 'nothing', title: 'Nothing differs yet.', text: 'What you change here is told here, before it is saved.' };
  const parts = entry.changes
    .map(({ path }) => path.split(/[.[]/))
    .map(([part = '', inner = '']) => (part === 'indicator' && INDICATOR_WORDS.has(inner) ? 'name' : part));
  if (!facts.isGoverningIndicator) return entry.keepsCounts ? waitsOn(facts) : ofCounts(facts);
  if (entry.keepsCounts && parts.every((part) => WORDS.has(part))) return ofWords(parts, facts);
  return ofTerms(facts);
}

/** Of a version that waits already, and goes on waiting for the same reason. */
function waitsOn({ governing, pending }: EditFacts): Consequence {
  const text = `Version ${pending} waits already and is replaced by this one; version ${governing} judges until it can take over.`;
  return { kind: 'counts', title: 'It waits, as the version before it does.', text };
}

function ofWords(parts: readonly string[], facts: EditFacts): Consequence {
  if (facts.pending !== null) return { ...waitsOn(facts), kind: 'words' };
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

/** Whether two indicators count the same, as people write them: their words aside, and what is empty is as good as not said. */
export function isSameIndicator(a: unknown, b: unknown): boolean {
  return said(a) === said(b);
}

function said(indicator: unknown): string {
  const entries = Object.entries(typeof indicator === 'object' && indicator !== null ? indicator : {});
  const given = entries.filter(
    ([name, value]) => !INDICATOR_WORDS.has(name) && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return JSON.stringify(Object.fromEntries(given), (_, value: unknown) => sorted(value));
}

/** Names in one order: a stored definition may have them in another. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
