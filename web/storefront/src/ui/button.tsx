import type { ButtonHTMLAttributes } from 'preact';
import { t } from '../i18n/index.ts';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'class'> {
  /** `primary` for the one thing that a page is for; `quiet` looks like a link. */
  kind?: 'primary' | 'secondary' | 'quiet' | 'danger';
  /** Something is on its way. The button keeps the focus, and further presses do nothing. */
  busy?: boolean;
  class?: string;
}

export function Button({ kind = 'secondary', busy = false, type = 'button', onClick, children, ...rest }: Props) {
  const className = `button ${kind} ${rest.class ?? ''}`;
  return (
    <button
      {...rest}
      type={busy ? 'button' : type}
      class={className}
      aria-disabled={busy || rest['aria-disabled']}
      onClick={busy ? undefined : onClick}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
      {busy && <span class="visually-hidden">{t('button.busy')}</span>}
    </button>
  );
}
