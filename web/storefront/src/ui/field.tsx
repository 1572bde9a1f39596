import type { ComponentChildren, InputHTMLAttributes, SelectHTMLAttributes, TextareaHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { fieldSentence } from './errors.ts';

interface Frame {
  label: string;
  /** The reason as the shop tells it, such as that of `fieldErrors(error).email`. */
  error?: string | undefined;
  hint?: ComponentChildren;
  class?: string;
}
type Input = { as?: 'input' } & Omit<InputHTMLAttributes<HTMLInputElement>, 'label' | 'class'>;
type Select = { as: 'select'; children: ComponentChildren } & Omit<
  SelectHTMLAttributes<HTMLSelectElement>,
  'label' | 'class'
>;
type Area = { as: 'textarea' } & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'label' | 'class'>;

/** A label with its input, its hint and its error. What is not `required` says that it is optional. */
export function Field({
  label,
  error,
  hint,
  class: className = '',
  as: Tag = 'input',
  ...rest
}: Frame & (Input | Select | Area)) {
  const id = useId();
  const attributes = {
    ...rest,
    id,
    'aria-invalid': error ? 'true' : undefined,
    'aria-describedby': [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined,
  } as InputHTMLAttributes<HTMLInputElement>;
  return (
    <div class={`field ${className}`}>
      <label htmlFor={id}>
        {label}
        {!rest.required && Tag !== 'select' && <span class="optional"> ({t('field.optional')})</span>}
      </label>
      {Tag === 'input' ? (
        <input {...attributes} />
      ) : Tag === 'select' ? (
        <select {...(attributes as object)} />
      ) : (
        <textarea {...(attributes as object)} />
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          {fieldSentence(label, error)}
        </p>
      )}
    </div>
  );
}

interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'label' | 'class' | 'type'> {
  label: ComponentChildren;
  hint?: ComponentChildren;
  type?: 'checkbox' | 'radio';
}

export function Checkbox({ label, hint, type = 'checkbox', ...rest }: CheckboxProps) {
  const id = useId();
  return (
    <div class="choice">
      <input
        {...(rest as object)}
        type={type as 'checkbox'}
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
