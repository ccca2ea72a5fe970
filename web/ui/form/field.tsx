import { type ComponentProps, type ReactNode, useId } from 'react';
import { Icon } from '../icons.tsx';
import { useFieldError } from './form.tsx';

interface FieldLook {
  label: ReactNode;
  hint?: ReactNode;
  name: string;
  /** Id of the element beside it that tells its error, where there is no room for it under the field. */
  toldAt?: string;
}

function useField({ name, hint, toldAt }: FieldLook) {
  const id = useId();
  const error = useFieldError(name);
  const described = [hint === undefined ? '' : `${id}h`, error === undefined ? '' : (toldAt ?? `${id}e`)]
    .filter((part) => part !== '')
    .join(' ');
  return {
    id,
    error,
    input: {
      id,
      name,
      'aria-invalid': error === undefined ? undefined : true,
      'aria-describedby': described === '' ? undefined : described,
    } as const,
  };
}

function Frame({ look, id, error, children }: { look: FieldLook; id: string; error: string | undefined; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>
        {look.label}
        {look.hint !== undefined && (
          <span className="hint" id={`${id}h`}>
            {' '}
            {look.hint}
          </span>
        )}
      </label>
      {children}
      {error !== undefined && look.toldAt === undefined && (
        <span className="err" id={`${id}e`}>
          <Icon name="incident" />
          {error}
        </span>
      )}
    </div>
  );
}

export function TextField({ label, hint, name, toldAt, className, ...rest }: FieldLook & Omit<ComponentProps<'input'>, 'name'>) {
  const look = { label, hint, name, ...(toldAt !== undefined && { toldAt }) };
  const { id, error, input } = useField(look);
  return (
    <Frame look={look} id={id} error={error}>
      <input {...rest} {...input} className={className === undefined ? 'input' : `input ${className}`} />
    </Frame>
  );
}

export function TextArea({ label, hint, name, rows = 3, ...rest }: FieldLook & Omit<ComponentProps<'textarea'>, 'name'>) {
  const look = { label, hint, name };
  const { id, error, input } = useField(look);
  return (
    <Frame look={look} id={id} error={error}>
      <textarea {...rest} {...input} rows={rows} className="input" />
    </Frame>
  );
}

export function SelectField({
  label,
  hint,
  name,
  options,
  ...rest
}: FieldLook & { options: readonly { value: string; label: string }[] } & Omit<ComponentProps<'select'>, 'name'>) {
  const look = { label, hint, name };
  const { id, error, input } = useField(look);
  return (
    <Frame look={look} id={id} error={error}>
      <select {...rest} {...input} className="input">
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function Check({ children, ...rest }: { children: ReactNode } & Omit<ComponentProps<'input'>, 'type'>) {
  return (
    <label className="check">
      <input {...rest} type="checkbox" />
      <span>{children}</span>
    </label>
  );
}
