/**
 * Postmortems: what was learned, drafted from what is recorded, and the actions that follow.
 *
 * Tables: postmortem, action_item
 * States: a postmortem is draft → in_review → published; an action open → in_progress → done | dropped.
 * Invariants: one postmortem an incident; the budget it names is the sum of stored counts, not an estimate; an action
 * has one owner and one date, but a planning item, which waits for its owner; what spent more than a fifth of a budget is
 * published with an action of priority P0 or not at all.
 * Flow: incident.resolved → draftPostmortem → edited by people → Markdown; postmortem.changed → planForClass.
 */
export { draftPostmortem } from './draft-postmortem.ts';
export { postmortemChanged } from './events.ts';
export { planForClass } from './plan-for-class.ts';
export { routes } from './routes.ts';
