import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { plural } from '../../lib/words.ts';
import { LEVEL_FILTERS, type LevelFilter } from './objective-look.ts';

/** Which objectives are shown; all of it in the URL. */
export function Filters({ read, hasMore }: { read: number | undefined; hasMore: boolean }) {
  const search = useSearch({ from: '/frame/objectives' });
  const navigate = useNavigate({ from: '/objectives' });
  const services = useQuery(api.catalog.listServices.query({ query: { limit: 500 } }));
  const change = (next: { find?: string | undefined; service?: string | undefined; level?: LevelFilter | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  return (
    <div className="row wrap filters">
      <label className="sr" htmlFor="objective-find">
        Filter objectives
      </label>
      <input
        id="objective-find"
        className="input find-in"
        placeholder="Filter by name or service"
        value={search.find ?? ''}
        maxLength={100}
        onChange={(event) => change({ find: event.target.value || undefined })}
      />
      <label className="sr" htmlFor="objective-service">
        Service
      </label>
      <select
        id="objective-service"
        className="input fit"
        value={search.service ?? ''}
        onChange={(event) => change({ service: event.target.value || undefined })}
      >
        <option value="">Service: all</option>
        {(services.data?.items ?? []).map((service) => (
          <option key={service.slug} value={service.slug}>
            {service.name}
          </option>
        ))}
      </select>
      <label className="sr" htmlFor="objective-level">
        Level
      </label>
      <select
        id="objective-level"
        className="input fit"
        value={search.level ?? ''}
        onChange={(event) => change({ level: LEVEL_FILTERS.find(({ value }) => value === event.target.value)?.value })}
      >
        <option value="">Level: all</option>
        {LEVEL_FILTERS.map((level) => (
          <option key={level.value} value={level.value}>
            {level.label}
          </option>
        ))}
      </select>
      {read !== undefined && (
        <span className="mute sm end no-phone">
          {plural(read, 'objective')}
          {hasMore && ' read, more below'}
        </span>
      )}
    </div>
  );
}
