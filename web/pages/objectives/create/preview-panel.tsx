import { capital, count, knownShare, plural, targetPercent } from '../../../lib/words.ts';
import { ProblemNote } from '../../../frame/problem-note.tsx';
import { nowMs } from '../../../lib/clock.ts';
import { Button } from '../../../ui/button.tsx';
import { Note, SkeletonBlock, Snippet } from '../../../ui/note.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Why } from '../../../ui/why.tsx';
import { Detections } from '../backtest/detections.tsx';
import { type Backtest, PastChart } from '../backtest/past-chart.tsx';
import { TurnList } from '../backtest/turn-list.tsx';
import { FigureWhy } from '../explain/figure-body.tsx';
import { FIGURE, shareWords } from '../explain/figures.ts';
import { otlpSnippet, pushSnippet } from '../push-snippet.ts';
import type { StepProps } from './create-page.tsx';
import { labelsOf } from './draft.ts';
import type { Preview } from './preview.ts';

/** What the past would have looked like; for what is pushed, how its first data comes. */
export function PreviewPanel({ draft, onChange, slug, preview }: StepProps & { slug: string; preview: Preview }) {
  const isPushed = draft.source === 'counts' || draft.source === 'otlp';
  return (
    <section className="stack mid beside" aria-label="Preview" aria-busy={preview.busy}>
      {isPushed ? (
        <Pushed draft={draft} slug={slug} />
      ) : (
        <>
          <ProblemNote problem={preview.error} what="The past was not read." />
          {preview.past !== undefined ? (
            <Past past={preview.past} preview={preview} onTake={(target) => onChange({ ...draft, target })} draft={draft} />
          ) : (
            <Panel title="The past 30 days">
              {preview.busy ? (
                <SkeletonBlock height={300} />
              ) : (
                <p className="soft">
                  {preview.asked
                    ? 'There is no past to show until the fields beside it are right.'
                    : 'Name the source and write what is counted: the past 30 days then stand here, with every page and ticket they would have raised.'}
                </p>
              )}
            </Panel>
          )}
        </>
      )}
    </section>
  );
}

function Pushed({ draft, slug }: Pick<StepProps, 'draft'> & { slug: string }) {
  return (
    <Panel title="How it begins">
      <div className="stack tight">
        <p className="soft">
          The past begins with the first data: nothing is known of the time before. Create it, then{' '}
          {draft.source === 'otlp' ? 'point your exporter here' : 'push'}; its page shows the first event as it comes in.
        </p>
        <Snippet text={draft.source === 'otlp' ? otlpSnippet() : pushSnippet(slug === '' ? 'SLUG' : slug, nowMs(), labelsOf(draft))} />
        <p className="mute sm">
          A bucket sent again replaces itself, so a script may send the last hour each minute. Recorded history may be pushed the same way.
        </p>
        <span className="wait">
          <i />
          waiting for the first event once it is created
        </span>
      </div>
    </Panel>
  );
}

interface PastProps {
  past: Backtest;
  preview: Preview;
  draft: StepProps['draft'];
  onTake: (target: string) => void;
}

function Past({ past, preview, draft: { target, shape, source }, onTake }: PastProps) {
  const {
    recommendation: { achievedRatio, target: recommended, because },
    counts,
  } = past;
  const explained = { figures: past.figures, target: past.target };
  const text = recommended === null ? '' : String(Number((recommended * 100).toFixed(5)));
  return (
    <>
      <Panel
        title="The past 30 days"
        end={
          <FigureWhy {...explained} figure={FIGURE.known}>
            {knownShare(counts.coverageRatio)} of it known
          </FigureWhy>
        }
      >
        <div className="figs numbers two">
          <div className="fig">
            <span>Achieved</span>
            <FigureWhy {...explained} figure={FIGURE.achieved} side="left">
              <b>{achievedRatio === null ? '—' : shareWords(achievedRatio)}</b>
            </FigureWhy>
            <span className="note-line">
              {count(counts.bad)} of {count(counts.valid)} failed
            </span>
          </div>
          <div className="fig">
            <span>
              Recommended <Why ask="why?" side="right" title="Why this target" reason={because} />
            </span>
            <b>{recommended === null ? '—' : targetPercent(recommended)}</b>
            {recommended !== null && (
              <Button onClick={() => onTake(text)} disabled={target === text}>
                {target === text ? 'Taken' : 'Take it'}
              </Button>
            )}
          </div>
        </div>
        <PastChart past={past} troubles={preview.troubles} height={120} />
      </Panel>
      {past.notes.map((note) => (
        <Note key={note.text} tone="caution">
          <p>{capital(note.text)}.</p>
        </Note>
      ))}
      {counts.valid === 0 && past.notes.length === 0 && (
        <Note tone="caution">
          <p>Nothing was counted in this time. Look whether the query selects what it should.</p>
        </Note>
      )}
      {shape === 'bad' && source === 'promql' && counts.valid > 0 && counts.bad === 0 && (
        <Note>
          <p>
            <b className="strong">No bad event in this time.</b> Where that surprises, look whether Bad events selects what it should: a
            misspelt name finds nothing as well. Series of errors may also be born with the first error.
          </p>
        </Note>
      )}
      <Panel title="Alerts it would have raised" end={`${plural(past.pages, 'page')}, ${plural(past.tickets, 'ticket')}`}>
        <TurnList past={past} />
      </Panel>
      <Panel title="Incidents, and when it would have told">
        <Detections past={past} troubles={preview.troubles} />
      </Panel>
    </>
  );
}
