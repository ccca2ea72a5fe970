import type { Action } from './action.ts';
import { containBlock, escapeInline } from './markdown.ts';
import { promptOf, type Section, SECTIONS } from './sections.ts';

export const POSTMORTEM_STATES = ['draft', 'in_review', 'published'] as const;

export interface Postmortem {
  title: string;
  incidentId: string;
  severity: string;
  state: (typeof POSTMORTEM_STATES)[number];
  authors: readonly string[];
  /** Any order, any gaps: every section is written, in the order of the practice. */
  sections: readonly Section[];
  actions: readonly Action[];
}

/**
 * The whole document as Markdown: one heading for the title, one per section, and a table of the actions. No text of
 * people can add to or break that structure.
 */
export function renderMarkdown(postmortem: Postmortem): string {
  const parts = [`# ${escapeInline(postmortem.title) || 'Untitled'}`, headOf(postmortem)];
  for (const { id, title } of SECTIONS) {
    const body = containBlock(postmortem.sections.find((section) => section.id === id)?.body ?? '');
    parts.push(`## ${title}`);
    if (id === 'action_items' && postmortem.actions.length > 0) parts.push(actionTable(postmortem.actions));
    if (body !== '') parts.push(body);
    else if (id !== 'action_items' || postmortem.actions.length === 0) parts.push(promptOf(id));
  }
  return `${parts.join('\n\n')}\n`;
}

function headOf({ incidentId, severity, state, authors }: Postmortem): string {
  const rows = [
    ['Incident', incidentId],
    ['Severity', severity],
    ['Status', state.replace('_', ' ')],
    ['Authors', authors.join(', ')],
  ];
  return table(['', ''], rows);
}

function actionTable(actions: readonly Action[]): string {
  const rows = actions.map((action) => [
    action.title,
    action.kind,
    action.priority,
    action.owner,
    action.due,
    action.state.replace('_', ' '),
  ]);
  return table(['Action', 'Kind', 'Priority', 'Owner', 'Due', 'State'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeInline).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}
