import { useState } from 'react';
import { plural } from '../../../lib/words.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip, type Tone } from '../../../ui/mark.tsx';
import { Time } from '../../../ui/time/time.tsx';
import { Why } from '../../../ui/why.tsx';
import type { Backtest } from './past-chart.tsx';

type Turn = Backtest['turns'][number];

const LOOK: Record<Turn['severity'], { tone: Tone; word: string }> = {
  critical: { tone: 'red', word: 'page' },
  warning: { tone: 'red', word: 'page, warning' },
  ticket: { tone: 'orange', word: 'ticket' },
};

const SHORT = 6;

/** The alerts it would have raised, the latest first, each with its reason. */
export function TurnList({ past }: { past: Backtest }) {
  const [all, setAll] = useState(false);
  const fired = past.turns.filter((turn) => turn.status === 'firing').toReversed();
  if (fired.length === 0) return <p className="mute">It would have raised no alert.</p>;
  return (
    <>
      <ul className="plain turn-list">
        {fired.slice(0, all ? undefined : SHORT).map((turn) => (
          <li key={`${turn.slot} ${turn.at} ${turn.severity}`}>
            <Chip tone={turn.slot === 'no_data' ? 'slate' : LOOK[turn.severity].tone}>
              {turn.slot === 'no_data' ? 'no data' : LOOK[turn.severity].word}
            </Chip>
            <span className="grow">
              <Time at={turn.at} shape="moment" />
            </span>
            <Why side="right" title={turn.summary} reason={turn.because} />
          </li>
        ))}
      </ul>
      {fired.length > SHORT && !all && (
        <p>
          <Button kind="ghost" onClick={() => setAll(true)}>
            Show all {fired.length}
          </Button>
        </p>
      )}
      {past.turnsLeftOut > 0 && <p className="mute sm">{plural(past.turnsLeftOut, 'earlier turn')} left out.</p>}
    </>
  );
}
