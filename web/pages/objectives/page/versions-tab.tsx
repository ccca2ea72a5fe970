import { useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import type { Answer } from '../../../api/contracts.ts';
import { Loaded } from '../../../frame/loaded.tsx';
import { capital } from '../../../lib/words.ts';
import { Chip } from '../../../ui/mark.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Time } from '../../../ui/time/time.tsx';
import type { Objective } from '../objective-look.ts';
import { changesOf } from './definition-changes.ts';

type Version = Answer<'slo', 'listVersions'>['items'][number];

/** Every version, the latest first: who made it, what it changed, and since when it judges. */
export function VersionsTab({ objective }: { objective: Objective }) {
  const versions = useQuery(api.slo.listVersions.query({ params: { slug: objective.slug } }));
  const waits = objective.governing.pending;
  return (
    <Panel title="Versions" end="the latest first" flush>
      <Loaded query={versions}>
        {({ items }) => (
          <ol className="list bare-list">
            {items.map((version, at) => (
              <li key={version.number} className="version">
                <div className="row wrap">
                  <b className="medium">Version {version.number}</b>
                  {version.isGoverning && <Chip tone="accent">judges</Chip>}
                  {waits?.version === version.number && <Chip tone="yellow">waits</Chip>}
                  <span className="mute sm">
                    {version.createdBy}, <Time at={version.createdAt} />
                    {version.governsSince !== null && (
                      <>
                        {' '}
                        · judged from <Time at={version.governsSince} />
                      </>
                    )}
                  </span>
                </div>
                {waits?.version === version.number && <p className="soft">{capital(waits.because.text)}.</p>}
                <Changes version={version} before={items[at + 1]} />
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Panel>
  );
}

function Changes({ version, before }: { version: Version; before: Version | undefined }) {
  if (before === undefined) return <p className="mute sm">The first version.</p>;
  const changes = changesOf(before.definition, version.definition);
  if (changes.length === 0) return <p className="mute sm">Nothing but its number changed.</p>;
  return (
    <ul className="sm">
      {changes.map((change) => (
        <li key={change.path}>
          <span className="mono">{change.path}</span> <span className="mute">{change.before}</span> → {change.after}
        </li>
      ))}
    </ul>
  );
}
