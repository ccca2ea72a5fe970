import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { Page, PagePending } from '../../frame/page.tsx';
import { DeclareButton } from '../../frame/topbar.tsx';
import { useMinute } from '../../lib/clock.ts';
import { PageHead, Panel, Section } from '../../ui/panel.tsx';
import { type OpenPage, useOpenPages } from '../alerts/acknowledge.ts';
import type { Incident } from '../incidents/incident-look.tsx';
import { isPaging, type Objective, worstFirst } from '../objectives/objective-look.ts';
import { ObjectiveTable } from '../objectives/objective-table.tsx';
import { DemoPanel } from './demo-panel.tsx';
import { HeldDeploys } from './held-deploys.tsx';
import { headline } from './headline.ts';
import { IncidentCard } from './incident-card.tsx';
import { MyActions } from './my-actions.tsx';
import { OnCallList } from './on-call-list.tsx';
import { PageCard } from './page-card.tsx';
import { Quiet } from './quiet.tsx';
import { Today } from './today.tsx';

/** What needs me, then what is open, then what is at risk. A healthy system is one calm sentence. */
export function NowPage() {
  const pages = useOpenPages();
  const incidents = useQuery(api.incidents.listIncidents.query({ query: { state: 'open', limit: 100 } }));
  const objectives = useQuery(api.slo.listObjectives.query({ query: { limit: 200 } }));
  const hasFailed = incidents.error !== null || objectives.error !== null;
  if (pages === undefined || ((incidents.data === undefined || objectives.data === undefined) && !hasFailed)) return <PagePending />;
  const open = incidents.data?.items ?? [];
  const all = objectives.data?.items ?? [];
  const atRisk = worstFirst(all.filter(isAtRisk)).flatMap((group) => group.rows);
  const isQuiet = pages.mine.length + pages.others.length + open.length + atRisk.length === 0;
  if (isQuiet) return <Quiet objectives={all} />;
  return <Busy {...pages} incidents={open} atRisk={atRisk} all={all} />;
}

function isAtRisk(objective: Objective): boolean {
  return (
    isPaging(objective) ||
    objective.review?.state === 'pending' ||
    (objective.level !== 'healthy' && objective.level !== 'no_data') ||
    (objective.level === 'no_data' && objective.firstObservedAt !== null)
  );
}

interface BusyProps {
  mine: OpenPage[];
  others: OpenPage[];
  incidents: Incident[];
  atRisk: Objective[];
  all: Objective[];
}

function Busy({ mine, others, incidents, atRisk, all }: BusyProps) {
  const now = useMinute();
  const held = [
    ...new Map(
      [...atRisk.map((one) => one.service), ...incidents.flatMap((one) => one.services)].map((service) => [service.slug, service]),
    ).values(),
  ];
  return (
    <Page>
      <PageHead
        above={<Today />}
        title={headline({ mine: mine.length, others: others.length, incidents, atRisk: atRisk.length, now })}
        acts={
          <span className="no-phone">
            <DeclareButton />
          </span>
        }
      />
      <DemoPanel />
      <div className="cols">
        <div className="stack">
          <Pages title="Needs you" pages={mine} isMine isMain />
          {incidents.length > 0 && (
            <Section title="Open incidents" count={incidents.length}>
              <div className="stack tight">
                {incidents.map((incident) => (
                  <IncidentCard key={incident.id} incident={incident} />
                ))}
              </div>
            </Section>
          )}
          <Pages title="Others are paged" pages={others} isMine={false} isMain={mine.length === 0} />
          {atRisk.length > 0 && (
            <Section
              title="Budgets at risk"
              count={`${atRisk.length} of ${all.length}`}
              end={
                <Link className="link sm" to="/objectives">
                  All objectives
                </Link>
              }
            >
              <Panel flush>
                <ObjectiveTable groups={[{ rows: atRisk }]} short />
              </Panel>
            </Section>
          )}
        </div>
        <aside className="side" aria-label="Context">
          <section>
            <h2>On call</h2>
            <OnCallList />
          </section>
          <section className="held-box">
            <h2>Deploys held</h2>
            <HeldDeploys services={held} />
          </section>
          <MyActions />
        </aside>
      </div>
    </Page>
  );
}

function Pages({ title, pages, isMine, isMain }: { title: string; pages: readonly OpenPage[]; isMine: boolean; isMain: boolean }) {
  if (pages.length === 0) return null;
  return (
    <Section title={title} count={pages.length}>
      <div className="stack tight">
        {pages.map((page, at) => (
          <PageCard key={page.id} page={page} mine={isMine} first={isMain && at === pages.length - 1} />
        ))}
      </div>
    </Section>
  );
}
