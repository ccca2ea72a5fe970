import { Link } from '@tanstack/react-router';
import { capital } from '../../lib/words.ts';
import { alertNumber, type PageDetail, sourceWord } from './alert-look.tsx';
import type { AlertDetail } from './alert-page.tsx';
import { Chip, LabelChips } from '../../ui/mark.tsx';
import { factRows } from '../../ui/facts.tsx';
import { KeyValue, Panel } from '../../ui/panel.tsx';
import { Time } from '../../ui/time/time.tsx';

/** What is known beside the story: figures, labels, links. */
export function AlertAside({ alert, page }: { alert: AlertDetail; page: PageDetail | undefined }) {
  const facts = factRows(alert.facts).map(({ label, value }) => ({ label: capital(label), value }));
  const links = Object.entries(alert.links);
  return (
    <div className="stack mid">
      {links.length > 0 && (
        <Panel title="Runbook and links" icon="book">
          <ul className="plain">
            {links.map(([name, url]) => (
              <li key={name}>
                <span className="grow">
                  <SafeLink url={url} name={capital(name)} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {facts.length > 0 && (
        <Panel title="Figures" end="as the source gave them">
          <KeyValue items={facts} />
        </Panel>
      )}
      <Panel title="Labels">
        {Object.keys(alert.labels).length === 0 ? <p className="mute">None.</p> : <LabelChips labels={alert.labels} />}
      </Panel>
      <Panel title="Alert">
        <KeyValue
          items={[
            { label: 'Number', value: <span className="mono">{alertNumber(alert)}</span> },
            { label: 'Key', value: <span className="mono wrap-any">{alert.key}</span> },
            { label: 'Source', value: sourceWord(alert.source) },
            { label: 'Service', value: alert.service?.name ?? '—' },
            { label: 'Opened', value: <Time at={alert.openedAt} shape="auto-second" /> },
            { label: 'Last signal', value: <Time at={alert.lastFiringAt} shape="auto-second" /> },
            { label: 'Signals', value: alert.firingCount },
            { label: 'Policy', value: page?.policy ?? '—' },
          ]}
        />
      </Panel>
    </div>
  );
}

/** The same links on a phone, under the title: there the panel is far down. */
export function AlertLinks({ alert }: { alert: AlertDetail }) {
  const links = Object.entries(alert.links).filter(([, url]) => /^(https?:\/\/|\/objectives\/)/i.test(url));
  if (links.length === 0) return null;
  return (
    <span className="only-phone head-links">
      {links.map(([name, url]) => (
        <SafeLink key={name} url={url} name={capital(name)} />
      ))}
    </span>
  );
}

/** Links come from outside: only those that a browser may follow are links. */
function SafeLink({ url, name }: { url: string; name: string }) {
  const objective = /^\/objectives\/([a-z0-9-]+)$/.exec(url)?.[1];
  if (objective !== undefined) {
    return (
      <Link to="/objectives/$slug" params={{ slug: objective }} className="link">
        {name}
      </Link>
    );
  }
  if (!/^https?:\/\//i.test(url)) return <Chip mono>{`${name}: ${url}`}</Chip>;
  return (
    <a className="link" href={url} target="_blank" rel="noreferrer">
      {name}
    </a>
  );
}
