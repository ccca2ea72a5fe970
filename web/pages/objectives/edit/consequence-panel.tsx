import { useQuery, keepPreviousData } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { useSettled } from '../../../lib/settled.ts';
import { Note, SkeletonBlock } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { Definition } from '../create/draft.ts';
import { writtenValue } from '../page/definition-changes.ts';
import { consequenceOf, type EditFacts } from './consequence.ts';

/** What the plan of an edit says, asked for when a person pauses. */
export function usePlan(slug: string, definition: Definition) {
  const settled = useSettled(definition);
  return useQuery({
    ...api.slo.planObjectives.query({ body: { documents: [{ slug, definition: settled }] } }),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** What the edit means, before it is saved, and every value that it changes. */
export function ConsequencePanel({ plan, facts }: { plan: ReturnType<typeof usePlan>; facts: EditFacts }) {
  const entry = plan.data?.entries[0];
  const consequence = entry === undefined ? undefined : consequenceOf(entry, facts);
  return (
    <Panel title="What this edit means" end={plan.isFetching ? 'looking…' : undefined}>
      <div className="stack tight" aria-live="polite" aria-busy={plan.isFetching}>
        <ProblemNote problem={plan.error} what="What it would change was not read." />
        {plan.isPending && <SkeletonBlock height={60} />}
        {plan.data !== undefined && entry === undefined && <p className="soft">It cannot be told until the fields beside it are right.</p>}
        {consequence !== undefined && (
          <Note tone={consequence.kind === 'counts' ? 'caution' : 'plain'} icon={consequence.kind === 'nothing' ? 'edit' : 'clock'}>
            <p>
              <b className="strong">{consequence.title}</b> {consequence.text}
            </p>
          </Note>
        )}
        {entry !== undefined && entry.changes.length > 0 && (
          <dl className="kv sm" aria-label="Changes">
            {entry.changes.map((change) => (
              <Change key={change.path} {...change} />
            ))}
          </dl>
        )}
      </div>
    </Panel>
  );
}

function Change({ path, before, after }: { path: string; before?: unknown; after?: unknown }) {
  return (
    <>
      <dt className="mono">{path}</dt>
      <dd className="wrap-any">
        <span className="mute">{writtenValue(before)}</span> → {writtenValue(after)}
      </dd>
    </>
  );
}
