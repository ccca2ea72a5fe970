import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { Page, PagePending } from '../../frame/page.tsx';
import { DeclareButton } from '../../frame/topbar.tsx';
import { useNow } from '../../lib/clock.ts';
import { useZone, writeTime, zoneName } from '../../lib/zone.ts';
import { Glyph } from '../../ui/icons.tsx';
import { PageHead, Section } from '../../ui/panel.tsx';
import { useOpenPages } from '../alerts/acknowledge.ts';
import { Checklist, useTasks } from '../entry/checklist.tsx';
import { OnCallList } from './on-call-list.tsx';
import { PageCard } from './page-card.tsx';
import { headline } from './headline.ts';

/** What needs me, then what is open, then what is at risk. A healthy system is one calm sentence. */
export function NowPage() {
  const pages = useOpenPages();
  const alerts = useQuery(api.alerts.listAlerts.query({ query: { state: 'open', limit: 100 } }));
  if (pages === undefined || alerts.data === undefined) return <PagePending />;
  const openAlerts = alerts.data.items.length;
  const isQuiet = pages.mine.length + pages.others.length === 0;
  if (isQuiet) return <Quiet openAlerts={openAlerts} />;
  return (
    <Page>
      <PageHead above={<Today />} title={headline(pages.mine.length, pages.others.length)} acts={<DeclareButton />} />
      <div className="cols">
        <div className="stack">
          {pages.mine.length > 0 && (
            <Section title="Needs you" count={pages.mine.length}>
              <div className="stack tight">
                {pages.mine.map((page, at) => (
                  <PageCard key={page.id} page={page} mine first={at === pages.mine.length - 1} />
                ))}
              </div>
            </Section>
          )}
          {pages.others.length > 0 && (
            <Section title="Others are paged" count={pages.others.length}>
              <div className="stack tight">
                {pages.others.map((page) => (
                  <PageCard key={page.id} page={page} mine={false} first={false} />
                ))}
              </div>
            </Section>
          )}
        </div>
        <aside className="side" aria-label="Context">
          <section>
            <h2>On call</h2>
            <OnCallList />
          </section>
        </aside>
      </div>
    </Page>
  );
}

function Today() {
  const now = useNow();
  const where = useZone();
  return (
    <p className="eyebrow">
      <span>
        {writeTime(now, 'date', where)}, <time>{writeTime(now, 'minute', where)}</time> {zoneName(now, where)}
      </span>
    </p>
  );
}

function Quiet({ openAlerts }: { openAlerts: number }) {
  const tasks = useTasks();
  const isUnfinished = tasks?.some((task) => !task.done) === true;
  return (
    <Page>
      <div className="calm">
        <div className="row quiet-date">
          <Glyph name="tick" className="ic-green" />
          <Today />
        </div>
        <h1>All is well. Nothing waits for you.</h1>
        <p>
          {openAlerts === 0 ? (
            'No alert is open.'
          ) : (
            <>
              <Link to="/alerts" className="link">
                {openAlerts === 1 ? 'One alert is' : `${openAlerts} alerts are`} open
              </Link>
              , and somebody has each.
            </>
          )}
        </p>
      </div>
      <div className="stack far">
        {isUnfinished && (
          <Section title="Before the first page can reach you" lead="each ticks itself">
            <Checklist />
          </Section>
        )}
        <div className="three side">
          <section>
            <h2>On call</h2>
            <OnCallList />
          </section>
        </div>
      </div>
    </Page>
  );
}
