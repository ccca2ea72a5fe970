import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import type { Answer } from '../../../api/contracts.ts';
import { useAct } from '../../../frame/act.ts';
import { useCrumb } from '../../../frame/crumbs.tsx';
import { Loaded } from '../../../frame/loaded.tsx';
import { Page, PagePending } from '../../../frame/page.tsx';
import { useMay } from '../../../frame/session.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { Form, type FormProblem } from '../../../ui/form/form.tsx';
import { Note } from '../../../ui/note.tsx';
import { PageHead } from '../../../ui/panel.tsx';
import type { StepProps } from '../create/create-page.tsx';
import { type Definition, type Draft, problemsOf } from '../create/draft.ts';
import { MeasureStep } from '../create/measure-step.tsx';
import { MoreStep } from '../create/more-step.tsx';
import { FIELDS, placeProblem, together } from '../create/place-problem.ts';
import { PreviewPanel } from '../create/preview-panel.tsx';
import { usePreview } from '../create/preview.ts';
import { ServiceStep } from '../create/service-step.tsx';
import { SourceStep } from '../create/source-step.tsx';
import { TargetStep } from '../create/target-step.tsx';
import type { Objective } from '../objective-look.ts';
import { consequenceOf, type EditFacts, isSameIndicator } from './consequence.ts';
import { ConsequencePanel, usePlan } from './consequence-panel.tsx';
import { draftOf } from './draft-of.ts';
import { withTerms } from './edit-search.ts';
import { editedDefinition } from './edited.ts';

type Service = Answer<'catalog', 'listServices'>['items'][number];
type Version = Answer<'slo', 'listVersions'>['items'][number];

/** An objective in the form that makes them; beside it what the edit means, before it is saved. */
export function EditPage() {
  const { slug } = useParams({ from: '/frame/objectives/$slug/edit' });
  const objective = useQuery(api.slo.getObjective.query({ params: { slug } }));
  const versions = useQuery(api.slo.listVersions.query({ params: { slug } }));
  const services = useQuery(api.catalog.listServices.query({ query: { limit: 500 } }));
  return (
    <Page>
      <Loaded query={objective} pending={<PagePending />}>
        {(data) => (
          <>
            <Head objective={data} />
            <Loaded query={versions}>
              {({ items: [latest] }) => (
                <Loaded query={services}>
                  {({ items }) => latest !== undefined && <EditForm objective={data} latest={latest} services={items} />}
                </Loaded>
              )}
            </Loaded>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Head({ objective }: { objective: Objective }) {
  useCrumb(`Edit ${objective.name}`);
  const may = useMay('editor');
  return (
    <>
      <PageHead
        title={`Edit ${objective.name}`}
        lead="Every save is a version. What it means, and when it takes effect, stands beside it."
      />
      {!may && (
        <Note tone="caution">
          <p>Objectives are changed by editors. You can look around and try here; ask an editor to save it.</p>
        </Note>
      )}
    </>
  );
}

interface EditProps {
  objective: Objective;
  latest: Version;
  services: readonly Service[];
}

function EditForm({ objective, latest, services }: EditProps) {
  const search = useSearch({ from: '/frame/objectives/$slug/edit' });
  const may = useMay('editor');
  const { slug } = objective;
  // The version that the form was opened with: what comes in meanwhile is neither shown nor overwritten.
  const [base] = useState(latest);
  const [draft, setDraft] = useState(() => withTerms(draftOf(base.definition), search));
  const [told, setTold] = useState<FormProblem>();
  const definition = editedDefinition(base.definition, draft);
  const preview = usePreview(draft, definition);
  const plan = usePlan(slug, definition);
  const save = useSave(slug, base.number);
  const problems = plan.data?.problems ?? [];
  const planned = problems.length === 0 ? preview.problem : { message: 'Not right yet.', fields: problems };
  const shown = (told && together(told, problems)) ?? (save.error === null ? planned && placeProblem(planned) : refusal(save.error));
  const change = (next: Draft) => {
    setDraft(next);
    setTold(undefined);
    if (save.error !== null) save.reset();
  };
  const submit = () => {
    const fields = problemsOf(draft);
    setTold(fields.length === 0 ? undefined : { message: 'Not sent yet.', fields });
    if (fields.length === 0) save.mutate(definition);
  };
  const step: StepProps = { draft, onChange: change };
  const isRead = draft.source === 'prometheus' || draft.source === 'promql';
  const entry = plan.data?.entries[0];
  const facts = factsOf(objective, definition);
  return (
    <div className="cols create">
      <Form onSubmit={submit} problem={shown} fields={FIELDS} label={`Edit ${objective.name}`} className="stack mid">
        <ServiceStep {...step} services={services} />
        <MeasureStep {...step} />
        <SourceStep {...step} />
        <TargetStep {...step} recommended={preview.past?.recommendation} />
        <MoreStep {...step} problem={shown} />
        <div className="foot row wrap">
          <Button kind="primary" size="large" type="submit" busy={save.isPending} disabled={!may || entry?.action === 'unchanged'}>
            Save version {base.number + 1}
          </Button>
          <Link className={buttonClass({ size: 'large' })} to="/objectives/$slug" params={{ slug }}>
            Cancel
          </Link>
          {entry !== undefined && <span className="soft">{consequenceOf(entry, facts).title}</span>}
        </div>
      </Form>
      <div className="stack mid beside">
        <ConsequencePanel plan={plan} facts={facts} />
        {isRead && <PreviewPanel {...step} slug={slug} preview={preview} />}
      </div>
    </div>
  );
}

function useSave(slug: string, version: number) {
  const navigate = useNavigate();
  return useAct((body: Definition) => api.slo.putObjective({ params: { slug }, body }, { ifMatch: version }), {
    renews: ['slo'],
    said: (saved) =>
      saved.governing.pending === null ? `Saved; version ${saved.version} judges.` : `Saved; version ${saved.version} waits to judge.`,
    after: () => void navigate({ to: '/objectives/$slug', params: { slug } }),
  });
}

function refusal(error: FormProblem & { code?: string }): FormProblem {
  if (error.code === 'precondition_failed')
    return {
      message: 'Somebody saved another version meanwhile. Load this page again to edit that one; copy what you wrote first.',
      fields: [],
    };
  return placeProblem(error);
}

function factsOf({ governing, state, pairs, firstObservedAt, indicator }: Objective, edited: Definition): EditFacts {
  return {
    isGoverningIndicator: isSameIndicator(indicator, edited.indicator),
    governing: governing.version,
    pending: governing.pending?.version ?? null,
    isAlerting: state === 'firing' || pairs.some(({ verdict }) => verdict === 'firing'),
    isObserved: firstObservedAt !== null,
  };
}
