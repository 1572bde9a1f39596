import type { ComponentChildren } from 'preact';
import { errorText } from './errors.ts';

interface Props {
  kind?: 'error' | 'success' | 'info';
  children: ComponentChildren;
}

/** Words that screen readers say when they appear: errors at once, the rest in a pause. */
export function Message({ kind = 'info', children }: Props) {
  return (
    <div class={`message ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** The message of something that was thrown, if there is any. */
export function ErrorMessage({ error }: { error: unknown }) {
  return error ? <Message kind="error">{errorText(error)}</Message> : null;
}
