import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from './button.tsx';
import { fieldErrors } from './errors.ts';
import { Field } from './field.tsx';
import { ErrorMessage } from './message.tsx';
import { useAction } from './use-action.ts';
import { useFocusInvalid } from './use-focus-invalid.ts';

export interface FormField {
  label: string;
  hint?: string;
  type?: 'text' | 'email' | 'password';
  required?: boolean;
  autocomplete?: string;
  minLength?: number;
  maxLength?: number;
}

interface Props<Name extends string> {
  /** The fields by their names at the shop. */
  fields: { [N in Name]?: FormField };
  submit: string;
  kind?: 'primary' | 'secondary' | 'danger';
  /** What is sent: every text without spaces around it, but passwords as they are. */
  onSubmit: (values: Record<Name, string>) => Promise<unknown>;
  initial?: Partial<Record<Name, string>>;
  /** For the second step of something: the first field gets the focus. */
  focus?: boolean;
  children?: ComponentChildren;
}

/** A small form: its fields, what the shop refused of them, and a button. It is sent once, and keeps what was typed. */
export function Form<Name extends string>({
  fields,
  submit,
  kind = 'primary',
  onSubmit,
  initial,
  focus = false,
  children,
}: Props<Name>) {
  const [values, setValues] = useState<Partial<Record<Name, string>>>(initial ?? {});
  const names = Object.keys(fields) as Name[];
  const action = useAction(() => {
    const sent = names.map((name) => {
      const text = values[name] ?? '';
      return [name, fields[name]?.type === 'password' ? text : text.trim()];
    });
    return onSubmit(Object.fromEntries(sent) as Record<Name, string>);
  });
  const refused = fieldErrors(action.error);
  const form = useFocusInvalid(action.error);
  useEffect(() => {
    if (focus) form.current?.querySelector('input')?.focus();
  }, []);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void action.run();
      }}
    >
      {names.map((name) => (
        <Field
          key={name}
          {...(fields[name] as FormField)}
          name={name}
          value={values[name] ?? ''}
          error={refused[name]}
          onInput={(event: { currentTarget: { value: string } }) => {
            const { value } = event.currentTarget;
            setValues((before) => ({ ...before, [name]: value }));
          }}
        />
      ))}
      {children}
      {!names.some((name) => refused[name]) && <ErrorMessage error={action.error} />}
      <Button kind={kind} type="submit" busy={action.busy}>
        {submit}
      </Button>
    </form>
  );
}
