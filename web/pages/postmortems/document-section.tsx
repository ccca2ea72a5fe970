import { type ReactNode, useState } from 'react';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { COMMAND_ENTER } from '../../lib/keys.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Markdown } from '../../ui/markdown.tsx';
import type { PostmortemDetail } from './postmortem-look.tsx';

type Section = PostmortemDetail['sections'][number];

/** Text without the underscores that set it in italics. */
function bare(text: string): string {
  return text.trim().replace(/^_|_$/g, '');
}

/** A section that still holds its own question has not been written. */
export function isWritten(section: Section): boolean {
  return section.body.trim() !== '' && bare(section.body) !== bare(section.prompt);
}

/** One section: read it, or write it in place. While it is empty it asks its question. */
export function DocumentSection({
  postmortem,
  section,
  may,
  children,
}: {
  postmortem: PostmortemDetail;
  section: Section;
  may: boolean;
  children: ReactNode;
}) {
  const [draft, setDraft] = useState<string>();
  const isEmpty = !isWritten(section);
  return (
    <section aria-labelledby={section.id}>
      <div className="row doc-head">
        <h2 id={section.id} className="grow">
          {section.title}
        </h2>
        {may && draft === undefined && (
          <IconButton icon="edit" label={`Write ${section.title}`} onClick={() => setDraft(isEmpty ? '' : section.body)} />
        )}
      </div>
      {draft !== undefined ? (
        <Editor postmortem={postmortem} section={section} draft={draft} onDraft={setDraft} />
      ) : isEmpty ? (
        <p className="mute">{bare(section.prompt)}</p>
      ) : (
        <Markdown text={section.body} />
      )}
      {children}
    </section>
  );
}

function Editor({
  postmortem,
  section,
  draft,
  onDraft,
}: {
  postmortem: PostmortemDetail;
  section: Section;
  draft: string;
  onDraft: (draft: string | undefined) => void;
}) {
  const save = useAct(
    (body: string) =>
      api.postmortems.editPostmortem(
        { params: { id: postmortem.id }, body: { sections: [{ id: section.id, body }] } },
        { ifMatch: postmortem.version },
      ),
    { renews: ['postmortems'], after: () => onDraft(undefined) },
  );
  return (
    <div className="stack tight">
      <p className="mute sm">{bare(section.prompt)}</p>
      <ProblemNote problem={save.error} what="Not saved; your words are still here." />
      <textarea
        className="input"
        aria-label={section.title}
        rows={Math.max(5, draft.split('\n').length + 1)}
        value={draft}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) save.mutate(draft);
        }}
      />
      <div className="row wrap">
        <Button kind="primary" busy={save.isPending} hotkey={COMMAND_ENTER} onClick={() => save.mutate(draft)}>
          Save
        </Button>
        <Button kind="ghost" onClick={() => onDraft(undefined)}>
          Cancel
        </Button>
        <span className="mute sm end">Markdown</span>
      </div>
    </div>
  );
}
