import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { usePaged } from '../../api/paged.ts';
import { Page } from '../../frame/page.tsx';
import { ProblemNote } from '../../frame/problem-note.tsx';
import { useMay } from '../../frame/session.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, SkeletonRows } from '../../ui/note.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { ServiceDialog } from './service-dialog.tsx';
import { ServiceTable } from './service-table.tsx';

export type Service = Answer<'catalog', 'listServices'>['items'][number];

export function ServicesPage() {
  const search = useSearch({ from: '/frame/services' });
  const navigate = useNavigate({ from: '/services' });
  const list = usePaged(api.catalog.listServices, { limit: 200 });
  const may = useMay('editor');
  const [edited, setEdited] = useState<Service | 'new'>();
  const words = (search.find ?? '').toLowerCase();
  const shown = list.items?.filter((service) => `${service.name} ${service.slug} ${service.owner}`.toLowerCase().includes(words));
  const create = may && (
    <Button kind="primary" icon="plus" onClick={() => setEdited('new')}>
      New service
    </Button>
  );
  return (
    <Page>
      <PageHead title="Services" lead="What your customers use, who owns it, and what watches over it." acts={create} />
      <div className="row wrap filters">
        <label className="sr" htmlFor="service-find">
          Filter services
        </label>
        <input
          id="service-find"
          className="input find-in"
          placeholder="Filter by name or owner"
          value={search.find ?? ''}
          onChange={(event) => void navigate({ search: { find: event.target.value || undefined }, replace: true })}
        />
      </div>
      <ProblemNote problem={list.result.error} what="Not loaded." />
      {shown === undefined ? (
        list.result.error === null && <SkeletonRows rows={6} />
      ) : shown.length === 0 ? (
        words === '' ? (
          <Empty title="No service yet" act={create}>
            <p>Start with the one whose failure would wake you. Alerts, objectives, changes and incidents hang on it.</p>
          </Empty>
        ) : (
          <Empty title="No service matches" />
        )
      ) : (
        <ServiceTable services={shown} onEdit={may ? setEdited : undefined} />
      )}
      {list.more !== undefined && (
        <p className="more">
          <Button onClick={list.more} busy={list.isLoadingMore}>
            Show more
          </Button>
        </p>
      )}
      {edited !== undefined && <ServiceDialog service={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </Page>
  );
}
