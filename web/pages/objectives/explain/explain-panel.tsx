import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { api } from '../../../api/client.ts';
import { Loaded } from '../../../frame/loaded.tsx';
import { capital, count, duration, percent, targetPercent } from '../../../lib/words.ts';
import { isSameDay, useZone } from '../../../lib/zone.ts';
import { IconButton } from '../../../ui/button.tsx';
import { LabelChips } from '../../../ui/mark.tsx';
import { SkeletonBlock, Snippet } from '../../../ui/note.tsx';
import { KeyValue } from '../../../ui/panel.tsx';
import { epoch, Time } from '../../../ui/time/time.tsx';
import { EXPLAIN_PANEL_ID, type Explaining } from './explained.tsx';
import { type Asked, type ExplainedFigure, type Explanation, figureWords, worked } from './figures.ts';

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
      {shown === undefined ? <p className="soft">This objective has no figure of that name.</p> : <One data={data} shown={shown} />}
    </div>
  );
}

function One({ data, shown }: { data: Explanation; shown: ExplainedFigure }) {
  const { counts } = shown;
  const sum = worked(shown, data.target);
  const isOneDay = isSameDay(epoch(shown.from), epoch(shown.to), useZone());
  return (
    <>
      <div className="formula">
        <b className="value">{figureWords(shown)}</b>
        <span className="mono">= {shown.formula.replace(/^burn = /, '')}</span>
        {sum !== undefined && <span className="mono soft">= {sum}</span>}
      </div>
      {shown.because !== null && <p className="soft">{capital(shown.because.text)}.</p>}
      <KeyValue
        items={[
          {
            label: 'Window',
            value: (
              <>
                <Time at={shown.from} shape="exact" /> to <Time at={shown.to} shape={isOneDay ? 'second' : 'exact'} />
              </>
            ),
          },
          { label: 'Target', value: targetPercent(data.target) },
          { label: 'Good', value: count(counts.good) },
          { label: 'Bad', value: count(counts.bad) },
          { label: 'Valid', value: count(counts.valid) },
          { label: 'Coverage', value: coverageWords(shown) },
          { label: 'Gaps', value: counts.gapMs === 0 ? 'none' : duration(counts.gapMs) },
          { label: 'Excluded', value: counts.excludedMs === 0 ? 'nothing' : `${duration(counts.excludedMs)} by corrections` },
          {
            label: 'Version',
            value: (
              <Link className="link" to="/objectives/$slug" params={{ slug: data.slug }} search={{ tab: 'versions' }}>
                {data.version}
              </Link>
            ),
          },
        ]}
      />
      <div>
        <h3 className="sub">The same in PromQL</h3>
        {shown.promql === null ? <p className="mute sm">{withoutQuery(shown)}</p> : <Snippet text={shown.promql} quiet />}
      </div>
    </>
  );
}

function coverageWords({ coverageRatio, coveredOfMs }: ExplainedFigure): string {
  const share = coverageRatio > 0.9995 && coverageRatio < 1 ? 'nearly all' : percent(coverageRatio, coverageRatio === 1 ? 0 : 1);
  return `${share} of ${duration(coveredOfMs)} observed`;
}

function withoutQuery({ figure }: ExplainedFigure): string {
  return figure === 'forecast'
    ? 'A forecast is worked out here from the burn; no single query gives it.'
    : 'No query gives this figure: its counts are not read from a Prometheus by selectors, or are corrected, judged by slices, or hold gaps that count as bad.';
}
