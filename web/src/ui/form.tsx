/** A form in a dialog: fields, what went wrong, and the button. */
import { type FormEvent, type ReactNode, useId } from 'react';
import { Failure } from './failure.tsx';
import { useAction } from './use-action.ts';

interface FormProps {
  readonly submit: string;
  /** Gets the fields by name; what it throws is shown. */
  readonly onSubmit: (values: FormData) => Promise<void>;
  readonly children: ReactNode;
}

export function Form({ submit, onSubmit, children }: FormProps) {
  const { busy, error, run } = useAction();
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    run(() => onSubmit(values));
  };
  return (
    <form className="form" onSubmit={send}>
      {children}
      {error !== undefined && <Failure error={error} />}
      <button type="submit" className="primary" disabled={busy}>
        {submit}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly value?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly required?: boolean;
  readonly rows?: number;
}

/** A labelled line of text, or several. */
export function Field({ label, name, hint, value, rows, ...rest }: FieldProps) {
  const id = useId();
  const described = hint === undefined ? {} : { 'aria-describedby': `${id}-hint` };
  const common = { id, name, defaultValue: value, autoComplete: 'off', ...described, ...rest };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? <input {...common} /> : <TextArea common={common} rows={rows} />}
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}

function TextArea({ common: { pattern: _, ...common }, rows }: { common: Record<string, unknown>; rows: number }) {
  return <textarea {...common} rows={rows} />;
}

interface ChoiceProps {
  readonly label: string;
  readonly name?: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange?: (value: string) => void;
}

/** One of a few, by the platform's own list. */
export function Choice({ label, name, value, options, onChange }: ChoiceProps) {
  const id = useId();
  const bound = onChange === undefined ? { defaultValue: value } : { value };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} {...bound} onChange={(event) => onChange?.(event.target.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
