import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Answer } from '../../api/contracts.ts';
import { useAct } from '../../frame/act.ts';
import { Deletion } from '../../frame/deletion.tsx';
import { Loaded } from '../../frame/loaded.tsx';
import { useMay } from '../../frame/session.ts';
import { Chip } from '../../ui/mark.tsx';
import { Snippet } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Ago } from '../../ui/time/time.tsx';

type Source = Answer<'signals', 'listSources'>['items'][number];

const STATES = { unread: {}, ok: { tone: 'green' }, failing: { tone: 'orange' }, dead: { tone: 'red' } } as const;
const WORDS = { unread: 'not read yet', ok: 'well', failing: 'failing', dead: 'silent' } as const;

/** Where metrics are read from, and how that goes. */
export function Sources() {
  const sources = useQuery({ ...api.signals.listSources.query({ query: { limit: 500 } }), refetchInterval: 10_000 });
  const may = useMay('admin');
  return (
    <div className="stack mid">
      <Panel title="Where metrics are read from" flush>
        <Loaded query={sources}>
          {({ items }) => (
            <ul className="list bare">
              {items.map((source) => (
                <Row key={source.id} source={source} may={may} />
              ))}
              {items.length === 0 && (
                <li className="mute">
                  Nowhere yet. Name a Prometheus, or what speaks like it, and objectives are counted from it, their past included.
                </li>
              )}
            </ul>
          )}
        </Loaded>
      </Panel>
      {may && (
        <Panel title="Add or change one">
          <Snippet text="nines sources apply main --name Prometheus --address http://prometheus:9090" />
        </Panel>
      )}
    </div>
  );
}

function Row({ source, may }: { source: Source; may: boolean }) {
  const { name, slug, address, state, lastReadAt, lastFailure, indicators } = source;
  return (
    <li>
      <span className="grow">
        <b className="medium">{name}</b> <span className="mono mute sm">{slug}</span>
        <br />
        <span className="mute sm wrap-any">
          {address} · {indicators === 1 ? '1 indicator' : `${indicators} indicators`}
          {lastReadAt !== null && (
            <>
              {' '}
              · read <Ago at={lastReadAt} />
            </>
          )}
        </span>
        {state !== 'ok' && lastFailure !== null && <p className="sm wrap-any">{lastFailure.reason}</p>}
      </span>
      <Chip {...STATES[state]}>{WORDS[state]}</Chip>
      {may && <DeleteSource source={source} />}
    </li>
  );
}

function DeleteSource({ source: { slug, version, name } }: { source: Source }) {
  const remove = useAct(() => api.signals.deleteSource({ params: { slug } }, { ifMatch: version }), {
    renews: ['signals', 'alerts'],
    said: () => `${name} is deleted.`,
  });
  return (
    <Deletion of={name} problem={remove.error} busy={remove.isPending} onDelete={() => remove.mutate(undefined)} onKeep={remove.reset}>
      <p>It is read no more, and its secrets are gone. What was counted from it stays.</p>
      <p className="mute sm">While an objective relies on it, it is kept, and you are told which.</p>
    </Deletion>
  );
}
