import { signal } from '@preact/signals';
import { t } from '../i18n/index.ts';

/** A page that comes sooner needs no sign. */
const SOON = 300;

const loads = signal(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export function pageLoadBegins(): void {
  timer ??= setTimeout(() => {
    loads.value = true;
  }, SOON);
}

export function pageLoadEnds(): void {
  clearTimeout(timer);
  timer = undefined;
  loads.value = false;
}

/** That the next page is on its way, while the previous one is still shown. */
export function PageLoad() {
  return (
    <div class="page-load" role="status" data-shown={loads.value}>
      {loads.value && <span class="visually-hidden">{t('loading')}</span>}
    </div>
  );
}
