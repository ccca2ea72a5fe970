import { createContext, type FormEvent, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import { Note } from '../note.tsx';

/** What a form needs of an error: its sentence and which fields it is about (`body.buckets[3].at`). */
export interface FormProblem {
  message: string;
  fields: readonly { path: string; message: string }[];
}

interface FieldErrors {
  errorOf: (name: string) => string | undefined;
}

const Errors = createContext<FieldErrors>({ errorOf: () => undefined });

export function useFieldError(name: string): string | undefined {
  return useContext(Errors).errorOf(name);
}

/** `body.contact.value` is the field `contact.value`. */
function fieldName(path: string): string {
  return path.replace(/^(body|query|params)\./, '');
}

/**
 * A form whose fields find their own errors by name. What concerns no field on screen stands above the fields.
 * `fields` names the fields shown; leave it out when every message should also be told above.
 */
export function Form(props: {
  problem?: FormProblem | null | undefined;
  fields?: readonly string[];
  onSubmit: (data: FormData) => void;
  className?: string;
  label?: string;
  children: ReactNode;
}) {
  const { problem, fields = [] } = props;
  const errors = useMemo<FieldErrors>(
    () => ({ errorOf: (name) => problem?.fields.find((field) => fieldName(field.path) === name)?.message }),
    [problem],
  );
  const placed = problem?.fields.filter((field) => fields.includes(fieldName(field.path))) ?? [];
  const elsewhere = problem?.fields.filter((field) => !fields.includes(fieldName(field.path))) ?? [];
  const form = useRef<HTMLFormElement>(null);
  // Only what follows on sending moves the view: a problem that comes up while a person types leaves them where they are.
  const isSent = useRef(false);
  useEffect(() => {
    if (!isSent.current || problem === undefined || problem === null) return;
    isSent.current = false;
    showFirst(form.current);
  }, [problem]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    isSent.current = true;
    props.onSubmit(new FormData(event.currentTarget));
  };
  return (
    <Errors value={errors}>
      <form
        className={props.className ?? 'stack tight'}
        ref={form}
        onSubmit={submit}
        onInput={() => {
          isSent.current = false;
        }}
        noValidate
        aria-label={props.label}
      >
        {problem !== undefined && problem !== null && (placed.length === 0 || elsewhere.length > 0) && (
          <Note tone="bad">
            <p>
              <b className="strong">{problem.message}</b>
            </p>
            {elsewhere.map((field) => (
              <p key={field.path}>
                <span className="mono">{field.path}</span> {field.message}
              </p>
            ))}
          </Note>
        )}
        {props.children}
      </form>
    </Errors>
  );
}

/** Brings the first field that is refused into view and under the keyboard, or else the note that says what is wrong. */
function showFirst(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  (field ?? form?.querySelector('.note.bad'))?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}

/** A password, to the letter; empty when absent. */
export function secretOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value : '';
}

/** A text of the form, trimmed; empty when absent. */
export function textOf(data: FormData, name: string): string {
  return secretOf(data, name).trim();
}
