import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { api } from '../../../api/client.ts';
import { Loaded } from '../../../frame/loaded.tsx';
import { useMay } from '../../../frame/session.ts';
import { Empty } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { Objective } from '../objective-look.ts';
import { CorrectionForm } from './correction-form.tsx';
import { CorrectionList } from './correction-list.tsx';
import { WithWithout } from './with-without.tsx';

/** Periods that count otherwise than they were counted: what they change, all of them, and a form for another. */
export function CorrectionsTab({ objective }: { objective: Objective }) {
  const may = useMay('responder');
  const search = useSearch({ from: '/frame/objectives/$slug' });
  const corrections = useQuery(api.slo.listCorrections.query({ params: { slug: objective.slug } }));
  return (
    <div className="stack mid">
      <WithWithout objective={objective} />
      <Loaded query={corrections}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No correction">
              <p>
                Planned maintenance, or a test that counted as traffic, can be taken out of the budget, once or again and again. The counts
                themselves stay as they are, and both budgets are shown.
              </p>
            </Empty>
          ) : (
            <Panel title="Corrections" end="the latest first" flush>
              <CorrectionList corrections={items} />
            </Panel>
          )
        }
      </Loaded>
      {may && <CorrectionForm key={search.source ?? ''} slug={objective.slug} given={search} />}
    </div>
  );
}
