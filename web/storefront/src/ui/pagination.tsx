import { t } from '../i18n/index.ts';
import { Icon } from './icon.tsx';

interface Props {
  page: number;
  totalPages: number;
  href: (page: number) => string;
}

/** Links to the first, the last and the pages around this one. */
export function Pagination({ page, totalPages, href }: Props) {
  if (totalPages < 2) return null;
  return (
    <nav class="pagination" aria-label={t('pages.label')}>
      {page > 1 && (
        <a href={href(page - 1)} rel="prev" aria-label={t('pages.before')}>
          <Icon name="left" />
        </a>
      )}
      {shownPages(page, totalPages).map((number, index, all) => (
        <>
          {number - (all[index - 1] ?? 0) > 1 && <span aria-hidden="true">…</span>}
          <a
            key={number}
            href={href(number)}
            aria-label={t('pages.page', { page: number })}
            aria-current={number === page ? 'page' : undefined}
          >
            {number}
          </a>
        </>
      ))}
      {page < totalPages && (
        <a href={href(page + 1)} rel="next" aria-label={t('pages.next')}>
          <Icon name="right" />
        </a>
      )}
    </nav>
  );
}

function shownPages(page: number, totalPages: number): number[] {
  const around = [page - 1, page, page + 1].filter((number) => number > 1 && number < totalPages);
  return [1, ...around, totalPages];
}
