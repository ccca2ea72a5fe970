import { useEffect, useId, useRef } from 'react';
import { Button, IconButton } from '../../../ui/button.tsx';
import { SelectField, TextField } from '../../../ui/form/field.tsx';
import { useFieldError } from '../../../ui/form/form.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { inOtherWords, PAIR_LIMIT, pairName, type PairDraft, type PairField, SEVERITIES, UNITS, withAnother } from './pair-draft.ts';

interface PairFieldsProps {
  pairs: readonly PairDraft[];
  /** Those of the preset, to add from. */
  usual: readonly PairDraft[];
  onChange: (pairs: PairDraft[]) => void;
  /** Length of the period that the budget is for; undefined where periods differ, or while it is typed. */
  periodMs: number | undefined;
}

/** Pairs of one's own: each fires while both of its windows burn faster than it says. */
export function PairFields({ pairs, usual, onChange, periodMs }: PairFieldsProps) {
  const box = useRef<HTMLFieldSetElement>(null);
  // The row that the keyboard goes to once it is there, as what was pressed may be gone.
  const next = useRef<number>(undefined);
  useEffect(() => {
    if (next.current === undefined) return;
    box.current?.querySelectorAll<HTMLElement>('.pair-row select:first-of-type')[2 * next.current]?.focus();
    next.current = undefined;
  });
  const change = (rows: PairDraft[], row: number) => {
    next.current = row;
    onChange(rows);
  };
  return (
    <fieldset className="pair-fields" ref={box}>
      <legend className="field-name">
        Its own pairs <span className="hint">each fires while both windows burn faster</span>
      </legend>
      {pairs.map((pair, index) => (
        <PairRow
          key={index}
          index={index}
          pair={pair}
          periodMs={periodMs}
          onChange={(changed) => onChange(pairs.with(index, changed))}
          onRemove={pairs.length === 1 ? undefined : () => change(pairs.toSpliced(index, 1), Math.min(index, pairs.length - 2))}
        />
      ))}
      {pairs.length < PAIR_LIMIT && (
        <Button kind="ghost" icon="plus" onClick={() => change(withAnother(pairs, usual), pairs.length)}>
          Add a pair
        </Button>
      )}
    </fieldset>
  );
}

interface PairRowProps {
  index: number;
  pair: PairDraft;
  periodMs: number | undefined;
  onChange: (pair: PairDraft) => void;
  onRemove: (() => void) | undefined;
}

function PairRow({ index, pair, periodMs, onChange, onRemove }: PairRowProps) {
  const id = useId();
  const long = useFieldError(pairName(index, 'long'));
  const short = useFieldError(pairName(index, 'short'));
  const amount = useFieldError(pairName(index, 'amount'));
  const error = long ?? short ?? amount;
  const same = inOtherWords(pair, periodMs);
  const typed = (field: PairField) => ({
    name: pairName(index, field),
    toldAt: id,
    value: pair[field],
    onChange: (event: { target: { value: string } }) => onChange({ ...pair, [field]: event.target.value }),
  });
  return (
    <div className="pair-row" role="group" aria-label={`Pair ${index + 1}`}>
      <SelectField
        name={pairName(index, 'severity')}
        label="Alert"
        value={pair.severity}
        onChange={(event) =>
          onChange({ ...pair, severity: SEVERITIES.find(({ value }) => value === event.target.value)?.value ?? 'ticket' })
        }
        options={SEVERITIES}
      />
      <TextField label="Long" placeholder="1h" {...typed('long')} />
      <TextField label="Short" placeholder="5m" {...typed('short')} />
      <TextField label="More than" inputMode="decimal" placeholder="14.4" {...typed('amount')} />
      <SelectField
        name={pairName(index, 'unit')}
        label={<span className="sr">Unit</span>}
        value={pair.unit}
        onChange={(event) => onChange({ ...pair, unit: event.target.value === 'factor' ? 'factor' : 'budgetPercent' })}
        options={UNITS}
      />
      {onRemove !== undefined && <IconButton icon="cross" label={`Remove pair ${index + 1}`} onClick={onRemove} />}
      {error !== undefined ? (
        <span className="err same" id={id}>
          <Icon name="incident" />
          {error}
        </span>
      ) : (
        same !== undefined && <p className="mute sm same">{same}</p>
      )}
    </div>
  );
}
