import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { useAct } from '../../frame/act.ts';
import { useCrumb } from '../../frame/crumbs.tsx';
import { Loaded } from '../../frame/loaded.tsx';
import { Page, PagePending } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay } from '../../frame/session.ts';
import { capital } from '../../lib/words.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Note } from '../../ui/note.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { Due } from '../../ui/time/countdown.tsx';
import { Why } from '../../ui/why.tsx';
import { incidentNumber } from '../incidents/incident-look.tsx';
import { DocumentSection, isWritten } from './document-section.tsx';
import { Actions } from './actions.tsx';
import { BudgetSpent } from './budget-spent.tsx';
import { type PostmortemDetail, PostmortemChip, SeverityWord } from './postmortem-look.tsx';

export function PostmortemPage() {
  const { id } = useParams({ from: '/frame/postmortems/$id' });
  const postmortem = useQuery(api.postmortems.getPostmortem.query({ params: { id } }));
  return (
    <Loaded query={postmortem} pending={<PagePending />}>
      {(data) => <Studio postmortem={data} />}
    </Loaded>
  );
}

const NEXT = {
  draft: { state: 'in_review', word: 'Ask for review' },
  in_review: { state: 'published', word: 'Publish' },
  published: undefined,
} as const;

/** The document with its sections left, the facts that live beside it right. */
function Studio({ postmortem }: { postmortem: PostmortemDetail }) {
  useCrumb(incidentNumber(postmortem.incident), true);
  const may = useMay('responder');
  const move = useAct(
    (state: PostmortemDetail['state']) =>
      api.postmortems.editPostmortem({ params: { id: postmortem.id }, body: { state } }, { ifMatch: postmortem.version }),
    { renews: ['postmortems'] },
  );
  const next = NEXT[postmortem.state];
  const missing = postmortem.checks.filter((check) => !check.ok);
  const isHeld = next?.state === 'published' && missing.length > 0;
  return (
    <Page>
      <PageHead
        near
        above={<Above postmortem={postmortem} />}
        title={postmortem.title}
        acts={
          <>
            <a className={buttonClass({})} href={`/api/v1/postmortems/${postmortem.id}.md`}>
              Markdown
            </a>
            {may && next !== undefined && (
              <Button
                kind="primary"
                busy={move.isPending}
                disabled={isHeld}
                aria-describedby={isHeld ? 'held' : undefined}
                onClick={() => move.mutate(next.state)}
              >
                {next.word}
              </Button>
            )}
          </>
        }
      />
      <div className="stack mid">
        <ProblemNote problem={move.error} what="Not changed." />
        {missing.length > 0 && postmortem.state !== 'published' && <Held reasons={missing.map((check) => check.because.text)} />}
        <div className="studio">
          <Contents postmortem={postmortem} />
          <article className="doc">
            {postmortem.sections.map((section) => (
              <DocumentSection key={section.id} postmortem={postmortem} section={section} may={may && postmortem.state !== 'published'}>
                {section.id === 'impact' && <BudgetSpent postmortem={postmortem} />}
                {section.id === 'action_items' && <Actions postmortem={postmortem} may={may} />}
              </DocumentSection>
            ))}
          </article>
          <aside className="margin" aria-label="Notes">
            <div className="mnote">
              <h3>Took part</h3>
              <ul className="soft">
                {postmortem.people.map(({ role, person }) => (
                  <li key={role + person.id}>
                    {person.name} <span className="mute sm">{role}</span>
                  </li>
                ))}
                {postmortem.people.length === 0 && <li className="mute">Nobody had a role.</li>}
              </ul>
            </div>
            <div className="mnote">
              <h3>Conditions, not people</h3>
              <p className="soft sm">“Should have” judges with what we know now. Say what the system showed, and to whom.</p>
            </div>
          </aside>
        </div>
      </div>
    </Page>
  );
}

/** What is missing before it can be published, while there is time to add it. */
function Held({ reasons }: { reasons: readonly string[] }) {
  return (
    <Note
      tone="caution"
      act={
        <a className={buttonClass({})} href="#action_items">
          Add the action
        </a>
      }
    >
      <p id="held">
        <b className="strong">It cannot be published yet.</b> {reasons.map((reason) => `${capital(reason)}.`).join(' ')}
      </p>
    </Note>
  );
}

function Above({ postmortem }: { postmortem: PostmortemDetail }) {
  return (
    <div className="row wrap">
      <SeverityWord severity={postmortem.incident.severity} />
      <PostmortemChip state={postmortem.state} />
      <Link to="/incidents/$id" params={{ id: postmortem.incident.id }} className="mono sm">
        {incidentNumber(postmortem.incident)}
      </Link>
      {postmortem.state !== 'published' && (
        <span className="mute sm">
          due <Due at={postmortem.dueAt} />
        </span>
      )}
      <Why ask={postmortem.required ? 'required' : 'optional'} reasons={postmortem.requiredBecause} />
    </div>
  );
}

function Contents({ postmortem }: { postmortem: PostmortemDetail }) {
  const done = postmortem.sections.filter(isWritten).length;
  return (
    <nav className="toc" aria-label="Sections">
      {postmortem.sections.map((section) => (
        <a key={section.id} href={`#${section.id}`}>
          {isWritten(section) ? <Icon name="check" /> : <span className="ring" />}
          {section.title}
        </a>
      ))}
      <p className="mute sm">
        {done} of {postmortem.sections.length} sections written.
        <br />
        Actions: {postmortem.actions.length}.
      </p>
    </nav>
  );
}
