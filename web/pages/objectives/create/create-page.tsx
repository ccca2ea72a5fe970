import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import type { Answer } from '../../../api/contracts.ts';
import { useAct } from '../../../frame/act.ts';
import { useCrumb } from '../../../frame/crumbs.tsx';
import { Loaded } from '../../../frame/loaded.tsx';
import { Page } from '../../../frame/page.tsx';
import { useMay } from '../../../frame/session.ts';
import { slugOf } from '../../../lib/slug.ts';
import { Button } from '../../../ui/button.tsx';
import { Form, type FormProblem } from '../../../ui/form/form.tsx';
import { Empty, Note } from '../../../ui/note.tsx';
import { PageHead } from '../../../ui/panel.tsx';
import { checkable, definitionOf, type Draft, emptyDraft, problemsOf } from './draft.ts';
import { MeasureStep } from './measure-step.tsx';
import { MoreStep } from './more-step.tsx';
import { FIELDS, placeProblem, together } from './place-problem.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { ServiceStep } from './service-step.tsx';
import { SourceStep } from './source-step.tsx';
import { TargetStep } from './target-step.tsx';
import { usePreview } from './preview.ts';

/** A new objective, on one page: whose it is, what it measures, where counts come from, its target; beside it the past. */
export function CreatePage() {
  useCrumb('New objective');
  const may = useMay('editor');
  const services = useQuery(api.catalog.listServices.query({ query: { limit: 500 } }));
  return (
    <Page>
      <PageHead
        title="New objective"
        lead="Say what good is and how much of it there must be. Beside it stands what the past would have looked like."
      />
      {!may && (
        <Note tone="caution">
          <p>Objectives are made by editors. You can look around here; ask an editor to create it.</p>
        </Note>
      )}
      <Loaded query={services}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No service yet">
              <p>
                An objective belongs to a service. Name the service first, under{' '}
                <Link className="link" to="/services">
                  Services
                </Link>
                .
              </p>
            </Empty>
          ) : (
            <CreateForm services={items} may={may} />
          )
        }
      </Loaded>
    </Page>
  );
}

type Service = Answer<'catalog', 'listServices'>['items'][number];

export interface StepProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

function CreateForm({ services, may }: { services: readonly Service[]; may: boolean }) {
  const search = useSearch({ from: '/frame/objectives/new' });
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => emptyDraft(search.service ?? services[0]?.slug ?? ''));
  const [told, setTold] = useState<FormProblem>();
  const preview = usePreview(draft);
  const slug = slugOf(draft.name);
  const create = useAct(
    // From version 0: a name that is taken is refused, and no objective is overwritten by a new one.
    () => api.slo.putObjective({ params: { slug }, body: definitionOf(draft) }, { ifMatch: 0 }),
    { renews: ['slo'], after: (made) => void navigate({ to: '/objectives/$slug', params: { slug: made.slug } }) },
  );
  // Asked before it is sent, so that all that is wrong is told at once: what the form sees by itself, and what the server does.
  const check = useAct(
    () => api.slo.planObjectives({ body: { documents: [{ slug: slug === '' ? 'unnamed' : slug, definition: checkable(draft) }] } }),
    {
      renews: [],
      after: ({ problems }) => {
        const all = together({ message: 'Not sent yet.', fields: ownProblems(draft, slug) }, problems);
        if (all.fields.length === 0) create.mutate(undefined);
        else setTold(all);
      },
    },
  );
  const shown =
    told ?? problemShown(create.error ?? check.error, slug) ?? (preview.problem === null ? null : placeProblem(preview.problem));
  const change = (next: Draft) => {
    setDraft(next);
    setTold(undefined);
    if (create.error !== null) create.reset();
  };
  const step: StepProps = { draft, onChange: change };
  return (
    <div className="cols create">
      <Form onSubmit={() => check.mutate(undefined)} problem={shown} fields={FIELDS} label="New objective" className="stack mid">
        <ServiceStep {...step} services={services} />
        <MeasureStep {...step} />
        <SourceStep {...step} />
        <TargetStep {...step} recommended={preview.past?.recommendation} />
        <MoreStep {...step} problem={shown} />
        <div className="foot row wrap">
          <Button kind="primary" size="large" type="submit" busy={check.isPending || create.isPending} disabled={!may}>
            Create objective
          </Button>
          {slug !== '' && <span className="mute sm mono">{slug}</span>}
        </div>
      </Form>
      <PreviewPanel draft={draft} slug={slug} preview={preview} onChange={change} />
    </div>
  );
}

function ownProblems(draft: Draft, slug: string): FormProblem['fields'] {
  return slug === '' ? [{ path: 'name', message: 'must hold a letter or a digit' }, ...problemsOf(draft)] : problemsOf(draft);
}

function problemShown(error: (FormProblem & { code?: string }) | null, slug: string): FormProblem | undefined {
  if (error === null) return undefined;
  if (error.code === 'precondition_failed')
    return { message: error.message, fields: [{ path: 'name', message: `there is an objective ${slug} already; choose another name` }] };
  return placeProblem(error);
}
