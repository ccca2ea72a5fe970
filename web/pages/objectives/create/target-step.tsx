import { targetPercent } from '../../../lib/words.ts';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/form/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { Backtest } from '../backtest/past-chart.tsx';
import { allowedSeconds, lengthWords, numberOf } from '../nines/nines.ts';
import { windowWords } from '../objective-look.ts';
import { WindowFields } from '../window-fields.tsx';
import type { StepProps } from './create-page.tsx';

const DAYS: Record<string, number> = { week: 7, month: 30.44, quarter: 91.31, year: 365.25 };

export function TargetStep({ draft, onChange, recommended }: StepProps & { recommended: Backtest['recommendation'] | undefined }) {
  const suggestion = recommended?.target ?? null;
  const text = suggestion === null ? '' : String(Number((suggestion * 100).toFixed(5)));
  return (
    <Panel title="4. How much of it">
      <div className="stack tight">
        <div className="target-row">
          <TextField
            name="target"
            label="Target"
            hint="percent that are good"
            inputMode="decimal"
            value={draft.target}
            onChange={(event) => onChange({ ...draft, target: event.target.value })}
          />
          {suggestion !== null && (
            <Button onClick={() => onChange({ ...draft, target: text })} disabled={draft.target === text}>
              Take the recommended {targetPercent(suggestion)}
            </Button>
          )}
        </div>
        <WindowFields draft={draft.window} onChange={(window) => onChange({ ...draft, window })} />
        <p className="soft sm">{allowance(draft.target, draft.window)}</p>
        <TextField
          name="links.runbook"
          label="Runbook"
          hint="optional; stands on every page it sends"
          placeholder="https://"
          type="url"
          value={draft.runbook}
          onChange={(event) => onChange({ ...draft, runbook: event.target.value })}
        />
      </div>
    </Panel>
  );
}

/** What the target allows, and which minutes those are. */
function allowance(target: string, window: StepProps['draft']['window']): string {
  const percent = numberOf(target);
  if (percent === undefined || percent <= 0 || percent >= 100) return 'A target lies between 0 and 100 %.';
  const rolling = /^(\d+)([hdw])$/.exec(window.rolling.trim());
  const days =
    window.kind === 'calendar'
      ? DAYS[window.calendar]
      : rolling === null
        ? undefined
        : (Number(rolling[1]) * { h: 1, d: 24, w: 168 }[rolling[2] as 'h' | 'd' | 'w']) / 24;
  if (days === undefined) return '';
  const of = window.kind === 'calendar' ? `a ${window.calendar} of ${days} d` : windowWords(window.rolling.trim());
  return `Allows ${lengthWords(allowedSeconds(percent / 100, days))} of full outage, of ${of}; or ${events(percent)} of a million events failing.`;
}

function events(percent: number): string {
  return Math.round((1 - percent / 100) * 1e6).toLocaleString('en');
}
