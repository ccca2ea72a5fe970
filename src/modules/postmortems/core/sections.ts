/** The sections of a postmortem in their order, each with the question to ask while it is empty. */
export const SECTIONS = [
  {
    id: 'summary',
    title: 'Summary',
    prompt: 'What happened, to whom and for how long, in two or three sentences a customer would understand?',
  },
  {
    id: 'impact',
    title: 'Impact',
    prompt: 'How long, how many users, how much revenue, how many support tickets, how much budget, was data lost? Numbers, not "many".',
  },
  { id: 'timeline', title: 'Timeline', prompt: 'What happened when, in UTC, minute by minute? Link the graph or log behind each line.' },
  { id: 'authors', title: 'Authors', prompt: 'Who writes this, and who took part?' },
  { id: 'status', title: 'Status', prompt: 'Draft, in review or published? What is still open?' },
  {
    id: 'root_cause',
    title: 'Root cause and what happened',
    prompt: "Which conditions together made this possible? A person's action is never one of them: what made it reasonable at the time?",
  },
  { id: 'trigger', title: 'Trigger', prompt: 'What set it off just then: a change, a load, a date, a failure elsewhere?' },
  { id: 'detection', title: 'Detection', prompt: 'How did we learn of it, how long after it began, and what would have told us sooner?' },
  {
    id: 'five_whys',
    title: 'Five whys',
    prompt: 'Why did it happen, and why was that so? Ask three to seven times, of conditions rather than of people.',
  },
  {
    id: 'contributing_factors',
    title: 'Contributing factors',
    prompt: 'What in detection, rollout, response, knowledge, process or technology added to it? Each with an action of its own.',
  },
  { id: 'went_well', title: 'What went well', prompt: 'What worked as intended and should be kept?' },
  { id: 'went_poorly', title: 'What went poorly', prompt: 'What slowed us down or made it worse?' },
  { id: 'lucky', title: 'Where we got lucky', prompt: 'What would have made this much worse, and did not by chance?' },
  {
    id: 'action_items',
    title: 'Action items',
    prompt: 'What will be done, by whom and by when? It starts with a verb, has a scope, and shows when it is done.',
  },
  { id: 'lessons', title: 'Lessons', prompt: 'What should every other team know from this?' },
  { id: 'supporting_data', title: 'Supporting data', prompt: 'Which graphs, queries and logs does this rest on?' },
] as const;

export type SectionId = (typeof SECTIONS)[number]['id'];
export const SECTION_IDS = SECTIONS.map((section) => section.id);

/** A section as drafted or edited; the body is Markdown. */
export interface Section {
  id: SectionId;
  body: string;
}

/** The question as it stands in an empty section. */
export function promptOf(id: SectionId): string {
  return `_${SECTIONS.find((section) => section.id === id)?.prompt ?? ''}_`;
}
