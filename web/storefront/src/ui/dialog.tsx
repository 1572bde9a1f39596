import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Icon } from './icon.tsx';

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
}

/** A window over the page. Escape, the cross and a click beside it close it; the browser keeps the focus inside. */
export function Dialog({ title, open, onClose, children, class: className = '' }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // At once, so that the focus is back before whoever closed it moves it on.
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Escape, which the browser turns into `close`.
    <dialog
      ref={dialog}
      class={`dialog ${className}`}
      aria-labelledby={id}
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && onClose()}
    >
      {open && (
        <div class="dialog-content">
          <header>
            <h2 id={id}>{title}</h2>
            <button type="button" class="icon-button" aria-label={t('button.close')} onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
