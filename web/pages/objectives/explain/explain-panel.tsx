import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { api } from '../../../api/client.ts';
import { Loaded } from '../../../frame/loaded.tsx';
import { capital } from '../../../lib/words.ts';
import { IconButton } from '../../../ui/button.tsx';
import { LabelChips } from '../../../ui/mark.tsx';
import { SkeletonBlock } from '../../../ui/note.tsx';
import { EXPLAIN_PANEL_ID, type Explaining } from './explained.tsx';
import { FigureBody } from './figure-body.tsx';
import type { Asked, Explanation } from './figures.ts';

/** What one figure is made of, beside the figures; a sheet where there is no room. Esc closes and gives the focus back. */
export function ExplainPanel({ asked, onAsk }: { asked: Asked; onAsk: Explaining['ask'] }) {
  const { slug, figure, group } = asked;
  const panel = useRef<HTMLElement>(null);
  const explanation = useQuery(api.slo.explainObjective.query({ params: { slug }, query: group === undefined ? {} : { group } }));
  useEffect(() => {
    const asker = document.activeElement;
    // Opened by its figure it takes the focus; opened by a link it leaves the page as it is.
    if (asker?.classList.contains('figure-ask') === true) panel.current?.focus({ preventScroll: true });
    return () => {
      if (asker instanceof HTMLElement && asker.isConnected && asker !== document.body) asker.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('details.why[open], .dialog') === null)
        onAsk(undefined);
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [onAsk]);
  return (
    <section className="panel explain" id={EXPLAIN_PANEL_ID} ref={panel} tabIndex={-1} aria-label="Explain this number">
      <header>
        <h2>Explain this number</h2>
        <IconButton icon="cross" label="Close the explanation" className="end" onClick={() => onAsk(undefined)} />
      </header>
      <div className="pad">
        <Loaded query={explanation} pending={<SkeletonBlock height={260} />}>
          {(data) => <Body data={data} figure={figure} onFigure={(next) => onAsk({ ...asked, figure: next })} />}
        </Loaded>
      </div>
    </section>
  );
}

function Body({ data, figure, onFigure }: { data: Explanation; figure: string; onFigure: (figure: string) => void }) {
  const shown = data.figures.find((one) => one.figure === figure);
  return (
    <div className="stack tight">
      {Object.keys(data.group).length > 0 && <LabelChips labels={data.group} />}
      <label className="field">
        <span className="sr">Figure</span>
        <select className="input" value={shown?.figure ?? ''} onChange={(event) => onFigure(event.target.value)}>
          {shown === undefined && <option value="">Choose a figure</option>}
          {data.figures.map((one) => (
            <option key={one.figure} value={one.figure}>
              {capital(one.label)}
            </option>
          ))}
        </select>
      </label>
      {shown === undefined ? (
        <p className="soft">This objective has no figure of that name.</p>
      ) : (
        <FigureBody shown={shown} target={data.target} version={<VersionLink data={data} />} />
      )}
    </div>
  );
}

function VersionLink({ data }: { data: Explanation }) {
  return (
    <Link className="link" to="/objectives/$slug" params={{ slug: data.slug }} search={{ tab: 'versions' }}>
      {data.version}
    </Link>
  );
}
