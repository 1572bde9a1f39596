import { signal } from '@preact/signals';
import { t } from '../i18n/index.ts';
import { Icon } from './icon.tsx';

interface Toast {
  text: string;
  link?: { href: string; text: string } | undefined;
}

const shown = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says for some seconds what was done, also to screen readers. For errors use a `Message` near what failed. */
export function toast(text: string, link?: Toast['link']): void {
  clearTimeout(timer);
  shown.value = { text, link };
  timer = setTimeout(hide, 8000);
}

function hide(): void {
  shown.value = null;
}

/** Where toasts appear. It is always there: screen readers watch only what was there before its text came. */
export function Toasts() {
  const now = shown.value;
  return (
    <div class="toasts" role="status">
      {now && (
        <div class="toast">
          <p>
            {now.text}{' '}
            {now.link && (
              <a href={now.link.href} onClick={hide}>
                {now.link.text}
              </a>
            )}
          </p>
          <button type="button" class="icon-button" aria-label={t('button.close')} onClick={hide}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
