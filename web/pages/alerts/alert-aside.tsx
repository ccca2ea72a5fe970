import { alertNumber, type PageDetail } from './alert-look.tsx';
import type { AlertDetail } from './alert-page.tsx';
import { Chip, LabelChips } from '../../ui/mark.tsx';
import { KeyValue, Panel } from '../../ui/panel.tsx';
import { spaced } from '../../lib/words.ts';
import { Time } from '../../ui/time/time.tsx';

/** What is known beside the story: figures, labels, links. */
export function AlertAside({ alert, page }: { alert: AlertDetail; page: PageDetail | undefined }) {
  const facts = Object.entries(alert.facts);
  const links = Object.entries(alert.links);
  return (
    <div className="stack mid">
      {links.length > 0 && (
        <Panel title="Runbook and links" icon="book">
          <ul className="plain">
            {links.map(([name, url]) => (
              <li key={name}>
                <span className="grow">
                  <SafeLink url={url} name={name} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {facts.length > 0 && (
        <Panel title="Figures" end="as the source gave them">
          <KeyValue items={facts.map(([name, value]) => [spaced(name), value === null ? '—' : String(value)] as const)} />
        </Panel>
      )}
      <Panel title="Labels">
        {Object.keys(alert.labels).length === 0 ? <p className="mute">None.</p> : <LabelChips labels={alert.labels} />}
      </Panel>
      <Panel title="Alert">
        <KeyValue
          items={[
            ['Number', <span className="mono">{alertNumber(alert)}</span>],
            ['Key', <span className="mono wrap-any">{alert.key}</span>],
            ['Source', alert.source],
            ['Service', alert.service?.name ?? '—'],
            ['Opened', <Time at={alert.openedAt} shape="auto-second" />],
            ['Last signal', <Time at={alert.lastFiringAt} shape="auto-second" />],
            ['Signals', alert.firingCount],
            ['Policy', page?.policy ?? '—'],
          ]}
        />
      </Panel>
    </div>
  );
}

/** Links come from outside: only those that a browser may follow are links. */
function SafeLink({ url, name }: { url: string; name: string }) {
  if (!/^https?:\/\//i.test(url)) return <Chip mono>{`${name}: ${url}`}</Chip>;
  return (
    <a className="link" href={url} target="_blank" rel="noreferrer">
      {name}
    </a>
  );
}
