import { type DurationMs, humanDuration, type Instant, iso } from '#kernel/instant.ts';
import { escapeInline } from './markdown.ts';
import { promptOf, type Section, SECTION_IDS, type SectionId } from './sections.ts';

/** What is known of an incident when its postmortem is drafted. All texts are plain. */
export interface DraftFacts {
  title: string;
  severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4';
  services: readonly string[];
  impactStartedAt: Instant | null;
  mitigatedAt: Instant | null;
  resolvedAt: Instant | null;
  /** As measured: "detect: 1 min from the start of impact to detection". */
  durations: readonly { name: string; text: string }[];
  /** Budget spent between start and end; ratio 0 and up, null when the objective had no budget to compare with. */
  budget: readonly { objective: string; ratio: number | null; badCount: number }[];
  /** Alert, check or person from whom it was first heard. */
  detectedBy: { text: string; at: Instant } | null;
  pages: readonly { person: string; pagedAt: Instant; acknowledgedAt: Instant | null }[];
  /** Changes shortly before, likeliest first. */
  suspects: readonly { title: string; at: Instant }[];
  timeline: readonly { at: Instant; text: string }[];
  responders: readonly string[];
  links: readonly { title: string; url: string }[];
}

/** Fills each section with what the facts say, and leaves the question that is still to be answered. */
export function draft(facts: DraftFacts): Section[] {
  const filled: Partial<Record<SectionId, string>> = {
    summary: `${summaryOf(facts)}\n\n${promptOf('summary')}`,
    impact: withPrompt('impact', impactOf(facts)),
    timeline: withPrompt('timeline', timelineOf(facts)),
    authors: withPrompt('authors', list(facts.responders.map(escapeInline))),
    status: 'Draft.',
    trigger: withPrompt(
      'trigger',
      list(facts.suspects.map((suspect) => `${clock(suspect.at)} ${escapeInline(suspect.title)} (suspected)`)),
    ),
    detection: withPrompt('detection', detectionOf(facts)),
    five_whys: withPrompt('five_whys', ['1. Why?', '2. Why?', '3. Why?', '4. Why?', '5. Why?'].join('\n')),
    supporting_data: withPrompt(
      'supporting_data',
      list(facts.links.map((link) => `${escapeInline(link.title)}: ${escapeInline(link.url)}`)),
    ),
  };
  return SECTION_IDS.map((id) => ({ id, body: filled[id] ?? promptOf(id) }));
}

function withPrompt(id: SectionId, body: string): string {
  return body === '' ? promptOf(id) : `${body}\n\n${promptOf(id)}`;
}

/** UTC to the minute. */
function clock(at: Instant): string {
  return iso(at).slice(0, 16).replace('T', ' ');
}

function summaryOf(facts: DraftFacts): string {
  const where = facts.services.length === 0 ? '' : ` on ${facts.services.map(escapeInline).join(', ')}`;
  const lasted = impactMs(facts);
  const since = facts.impactStartedAt === null ? 'Its beginning is not recorded' : `It began at ${clock(facts.impactStartedAt)} UTC`;
  const end = lasted === null ? '.' : ` and was felt for ${humanDuration(lasted)}.`;
  return `${facts.severity}${where}: ${escapeInline(facts.title)}. ${since}${end}`;
}

function impactMs(facts: DraftFacts): DurationMs | null {
  const end = facts.mitigatedAt ?? facts.resolvedAt;
  return facts.impactStartedAt === null || end === null || end < facts.impactStartedAt ? null : end - facts.impactStartedAt;
}

function impactOf(facts: DraftFacts): string {
  const lasted = impactMs(facts);
  const lines = lasted === null ? [] : [`Duration: ${humanDuration(lasted)}`];
  for (const { objective, ratio, badCount } of facts.budget) {
    const share = ratio === null ? 'no budget to compare with' : `${(ratio * 100).toFixed(1)} % of the error budget`;
    lines.push(`${escapeInline(objective)}: ${badCount} bad events, ${share}`);
  }
  return list(lines);
}

function timelineOf(facts: DraftFacts): string {
  const marks: { at: Instant; text: string }[] = [];
  if (facts.impactStartedAt !== null) marks.push({ at: facts.impactStartedAt, text: '**Impact begins**' });
  if (facts.mitigatedAt !== null) marks.push({ at: facts.mitigatedAt, text: '**Mitigated**' });
  if (facts.resolvedAt !== null) marks.push({ at: facts.resolvedAt, text: '**Resolved**' });
  const rows = [...marks, ...facts.timeline.map((row) => ({ at: row.at, text: escapeInline(row.text) }))].sort((a, b) => a.at - b.at);
  if (rows.length === 0) return '';
  return ['| UTC | What happened |', '| --- | --- |', ...rows.map((row) => `| ${clock(row.at)} | ${row.text} |`)].join('\n');
}

function detectionOf(facts: DraftFacts): string {
  const lines: string[] = [];
  if (facts.detectedBy !== null) lines.push(`${clock(facts.detectedBy.at)} ${escapeInline(facts.detectedBy.text)}`);
  for (const page of facts.pages) {
    const answer =
      page.acknowledgedAt === null ? 'not acknowledged' : `acknowledged after ${humanDuration(page.acknowledgedAt - page.pagedAt)}`;
    lines.push(`${clock(page.pagedAt)} ${escapeInline(page.person)} paged, ${answer}`);
  }
  for (const duration of facts.durations) lines.push(`Time to ${escapeInline(duration.name)}: ${escapeInline(duration.text)}`);
  return list(lines);
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
