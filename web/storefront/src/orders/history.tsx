import type { HistoryEntryBody } from '@kontor/client';
import { formatDate, t } from '../i18n/index.ts';

/** What happened to the order, the newest first. */
export function History({ entries }: { entries: HistoryEntryBody[] }) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t('order.history')}</h2>
      <ol class="history" reversed>
        {[...entries].reverse().map(({ at, what, detail }) => (
          <li key={`${at} ${what}`}>
            <time dateTime={at}>{formatDate(at, 'time')}</time>
            <span>
              {t(`history.${what}`)}
              {detail && <span class="hint"> {detail}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
