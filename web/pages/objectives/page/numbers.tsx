import type { ReactNode } from 'react';
import { burn, count, percent, targetPercent } from '../../../lib/words.ts';
import { Explained } from '../explain/explained.tsx';
import { burnFigure, FIGURE, shareWords } from '../explain/figures.ts';
import { heatOf, isSilent, type Objective, rateOver, runsOut } from '../objective-look.ts';
import { forecastBand, minutesSentence, observedWords } from './minutes.ts';

/** The figures at the head of an objective. Each opens what it is made of. */
export function Numbers({ objective }: { objective: Objective }) {
  const { slug, budget, target, asCounted } = objective;
  const left = budget.remainingRatio;
  const rate = rateOver(objective, '1h');
  const mayFail = Math.floor(budget.allowedBadCount - budget.badCount - budget.gapBadCount);
  const good = budget.validCount === 0 ? null : 1 - budget.badCount / budget.validCount;
  return (
    <div className="figs numbers">
      <Number
        slug={slug}
        figure={FIGURE.left}
        label="Budget left"
        value={left === null ? '—' : percent(left)}
        hot={left !== null && left < 0}
        note={minutesSentence(objective)}
        more={[
          observedWords(budget.coverageRatio),
          asCounted === null ? undefined : `as counted ${asCounted.remainingRatio === null ? '—' : percent(asCounted.remainingRatio)}`,
        ]}
      />
      <Number
        slug={slug}
        figure={FIGURE.sli}
        label="Good events"
        value={good === null ? '—' : shareWords(good)}
        hot={good !== null && good < target}
        note={`target ${targetPercent(target)}`}
      />
      <Number
        slug={slug}
        figure={FIGURE.spare}
        label={mayFail < 0 ? 'Failed too many' : 'May still fail'}
        value={count(Math.abs(mayFail))}
        hot={mayFail < 0}
        note={`${count(budget.badCount)} of ${count(budget.allowedBadCount)} failed`}
      />
      <Number
        slug={slug}
        figure={burnFigure('1h')}
        label="Burn, 1 h"
        value={rate === undefined ? '—' : burn(rate)}
        hot={heatOf(objective, '1h') === 'page'}
        note={rate === undefined ? 'nothing is known of now' : '1× lasts the window'}
      />
      <Number slug={slug} figure={FIGURE.forecast} label="Runs out" value={runsOut(objective)} {...paceNotes(objective)} />
    </div>
  );
}

/** At which pace it runs out, and how soon at others; or why it does not. */
function paceNotes(objective: Objective): Pick<NumberProps, 'note' | 'more'> {
  const { exhaustsInSeconds, forecast, budget } = objective;
  if (budget.remainingRatio !== null && budget.remainingRatio <= 0) return { note: 'nothing is left' };
  if (isSilent(objective)) return { note: 'nothing is known of now' };
  return exhaustsInSeconds === null
    ? { note: forecastBand(forecast) ?? forecast.because.text }
    : { note: 'at the pace of the last 6\u00a0h', more: [forecastBand(forecast)] };
}

interface NumberProps {
  slug: string;
  figure: string;
  label: string;
  value: string;
  hot?: boolean;
  note: ReactNode;
  /** Further lines; those that are undefined are left out. */
  more?: readonly (string | undefined)[];
}

function Number({ slug, figure, label, value, hot = false, note, more = [] }: NumberProps) {
  // A value and its unit are set in two sizes; a longer text stays whole.
  const [amount = value, unit, ...rest] = value.split('\u00a0');
  const isPair = unit !== undefined && rest.length === 0;
  return (
    <div className="fig">
      <span>{label}</span>
      <Explained slug={slug} figure={figure} label={label.toLowerCase()}>
        <b className={hot ? 'tx-red' : undefined}>
          {isPair ? amount : value}
          {isPair && <small>{`\u00a0${unit}`}</small>}
        </b>
      </Explained>
      <span className="note-line">{note}</span>
      {more.map(
        (line) =>
          line !== undefined && (
            <span key={line} className="note-line">
              {line}
            </span>
          ),
      )}
    </div>
  );
}
