import { duration, inWords } from '../../lib/words.ts';
import type { Incident } from '../incidents/incident-look.tsx';

interface NowFacts {
  mine: number;
  others: number;
  incidents: readonly Incident[];
  atRisk: number;
  now: number;
}

/** The first sentence of the day: what waits for me, how the worst incident stands, or what is at risk. */
export function headline(facts: NowFacts): string {
  const parts = [pageWords(facts.mine, facts.others), incidentWords(facts.incidents, facts.now)].filter((part) => part !== '');
  if (parts.length > 0) return parts.join(' ');
  return facts.atRisk === 1
    ? 'Nothing waits for you. One budget is at risk.'
    : `Nothing waits for you. ${inWords(facts.atRisk, true)} budgets are at risk.`;
}

function pageWords(mine: number, others: number): string {
  if (mine > 0) return mine === 1 ? 'One page waits for you.' : `${inWords(mine, true)} pages wait for you.`;
  if (others === 0) return '';
  return others === 1 ? 'One page waits for somebody else.' : `${inWords(others, true)} pages wait for others.`;
}

function incidentWords(incidents: readonly Incident[], now: number): string {
  const worst = incidents.toSorted((a, b) => a.severity.localeCompare(b.severity))[0];
  if (worst === undefined) return '';
  const age = duration(Math.max(60_000, now - Date.parse(worst.impactStartedAt ?? worst.declaredAt)));
  if (worst.mitigatedAt !== null) return `A ${worst.severity} is mitigated and watched.`;
  return incidents.length === 1
    ? `A ${worst.severity} is ${age} old.`
    : `${inWords(incidents.length, true)} incidents are open; the worst, a ${worst.severity}, is ${age} old.`;
}
