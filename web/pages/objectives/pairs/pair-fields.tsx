import { Button, IconButton } from '../../../ui/button.tsx';
import { SelectField, TextField } from '../../../ui/form/field.tsx';
import { useFieldError } from '../../../ui/form/form.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { inOtherWords, PAIR_LIMIT, pairName, type PairDraft, SEVERITIES, UNITS, withAnother } from './pair-draft.ts';

interface PairFieldsProps {
  pairs: readonly PairDraft[];
  onChange: (pairs: PairDraft[]) => void;
  /** Length of the period that the budget is for; undefined where it is not known while it is typed. */
  periodMs: number | undefined;
}

/** Pairs of one's own: each fires while both of its windows burn faster than it says. */
export function PairFields({ pairs, onChange, periodMs }: PairFieldsProps) {
  return (
    <fieldset className="pair-fields">
      <legend className="field-name">
        Its own pairs <span className="hint">each fires while both windows burn faster</span>
      </legend>
      {pairs.map((pair, index) => (
        <PairRow
          key={index}
          index={index}
          pair={pair}
          periodMs={periodMs}
          onChange={(next) => onChange(pairs.with(index, next))}
          onRemove={pairs.length === 1 ? undefined : () => onChange(pairs.toSpliced(index, 1))}
        />
      ))}
      {pairs.length < PAIR_LIMIT && (
        <Button kind="ghost" icon="plus" onClick={() => onChange(withAnother(pairs))}>
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
  const name = pairName(index);
  const error = useFieldError(name);
  const same = inOtherWords(pair, periodMs);
  const typed = (field: 'long' | 'short' | 'amount') => ({
    name: `${name}.${field}`,
    value: pair[field],
    onChange: (event: { target: { value: string } }) => onChange({ ...pair, [field]: event.target.value }),
  });
  return (
    <div className="pair-row" role="group" aria-label={`Pair ${index + 1}`}>
      <SelectField
        name={`${name}.severity`}
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
        name={`${name}.unit`}
        label={<span className="sr">Unit</span>}
        value={pair.unit}
        onChange={(event) => onChange({ ...pair, unit: event.target.value === 'factor' ? 'factor' : 'budgetPercent' })}
        options={UNITS}
      />
      {onRemove !== undefined && <IconButton icon="cross" label={`Remove pair ${index + 1}`} onClick={onRemove} />}
      {error === undefined ? (
        same !== undefined && <p className="mute sm same">{same}</p>
      ) : (
        <span className="err same">
          <Icon name="incident" />
          {error}
        </span>
      )}
    </div>
  );
}
