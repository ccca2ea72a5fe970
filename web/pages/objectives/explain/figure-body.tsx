import type { ReactNode } from 'react';
import { capital, count, duration, percent, targetPercent } from '../../../lib/words.ts';
import { isSameDay, useZone } from '../../../lib/zone.ts';
import { Snippet } from '../../../ui/note.tsx';
import { KeyValue } from '../../../ui/panel.tsx';
import { epoch, Time } from '../../../ui/time/time.tsx';
import { Why } from '../../../ui/why.tsx';
import { type ExplainedFigure, figureWords, worked } from './figures.ts';

interface FigureProps {
  shown: ExplainedFigure;
  target: number;
  /** Left out where nothing is stored yet. */
  version?: ReactNode;
}

/** One figure: its sum, its window, its counts, and the same as a query. */
export function FigureBody({ shown, target, version }: FigureProps) {
  const { counts, gapBadCount } = shown;
  const sum = worked(shown, target);
  const isOneDay = isSameDay(epoch(shown.from), epoch(shown.to), useZone());
  const asBad = gapBadCount === 0 ? '' : `, counted as ${count(gapBadCount)} bad`;
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
          { label: 'Target', value: targetPercent(target) },
          { label: 'Good', value: count(counts.good) },
          { label: 'Bad', value: count(counts.bad) },
          { label: 'Valid', value: count(counts.valid) },
          { label: 'Coverage', value: coverageWords(shown) },
          { label: 'Gaps', value: counts.gapMs === 0 ? 'none' : `${duration(counts.gapMs)}${asBad}` },
          { label: 'Excluded', value: counts.excludedMs === 0 ? 'nothing' : `${duration(counts.excludedMs)} by corrections` },
          ...(version === undefined ? [] : [{ label: 'Version', value: version }]),
        ]}
      />
      <div>
        <h3 className="sub">The same in PromQL</h3>
        {shown.promql === null ? <p className="mute sm">{withoutQuery(shown)}</p> : <Snippet text={shown.promql} quiet />}
      </div>
    </>
  );
}

/** A figure that opens its explanation in its place; plain text where there is none. */
export function FigureWhy({ figures, figure, side = 'right', children, ...rest }: FigureWhyProps) {
  const shown = figures.find((one) => one.figure === figure);
  if (shown === undefined) return <>{children}</>;
  return (
    <Why
      side={side}
      chip={{
        className: 'figure-ask',
        body: (
          <>
            {children}
            <span className="sr">, explain {shown.label}</span>
          </>
        ),
      }}
      title={capital(shown.label)}
    >
      <div className="stack tight">
        <FigureBody shown={shown} {...rest} />
      </div>
    </Why>
  );
}

interface FigureWhyProps extends Omit<FigureProps, 'shown'> {
  figures: readonly ExplainedFigure[];
  figure: string;
  side?: 'left' | 'right';
  children: ReactNode;
}

function coverageWords({ coverageRatio, coveredOfMs }: ExplainedFigure): string {
  const share = coverageRatio > 0.9995 && coverageRatio < 1 ? 'nearly all' : percent(coverageRatio, coverageRatio === 1 ? 0 : 1);
  return `${share} of ${duration(coveredOfMs)} observed`;
}

function withoutQuery({ of }: ExplainedFigure): string {
  if (of === 'forecast') return 'A forecast is worked out here from the burn; no single query gives it.';
  if (of === 'coverage') return 'What was observed is noted as it is read; no query gives it afterwards.';
  return 'No query gives this figure: its counts are not read from a Prometheus by selectors, or are corrected, judged by slices, or hold gaps that count as bad.';
}
