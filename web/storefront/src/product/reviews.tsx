import type { ProductBody, RatingSummaryBody, ReviewBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { formatNumber, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { Skeleton } from '../ui/loading.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { Stars } from '../ui/stars.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoad } from '../ui/use-load.ts';
import { Review } from './review.tsx';
import { useMarks } from './use-marks.ts';

const sorts = ['newest', 'helpful', 'rating:desc', 'rating:asc'] as const;
type Sort = (typeof sorts)[number];

export default function Reviews({ product }: { product: ProductBody }) {
  const [sort, setSort] = useState<Sort>('newest');
  const [stars, setStars] = useState<number | null>(null);
  const query = { sort, limit: 10, ...(stars !== null && { rating: stars }) };
  const load = (cursor?: string, signal?: AbortSignal) =>
    kontor.GET('/api/v1/reviews/product/{id}', {
      params: { path: { id: product.id }, query: { ...query, ...(cursor && { cursor }) } },
      ...(signal && { signal }),
    });
  const list = useLoad((signal) => load(undefined, signal), [product.id, sort, stars], { stale: true });
  const more = useAction(async () => {
    const before = list.data;
    if (!before?.pagination.nextCursor) return;
    const next = await load(before.pagination.nextCursor);
    list.set({ ...next, summary: before.summary, data: [...before.data, ...next.data] });
  });

  const marks = useMarks(list.data?.data ?? []);

  if (!list.last) return list.error ? <ErrorView error={list.error} retry={list.reload} /> : <Skeleton lines={6} />;
  const { summary } = list.last;
  const { data = [], pagination } = list.data ?? {};
  const change = (changed: ReviewBody, marked: boolean) => {
    if (list.data) list.set({ ...list.data, data: data.map((one) => (one.id === changed.id ? changed : one)) });
    marks.set(changed.id, marked);
  };
  return (
    <>
      {summary && summary.count > 0 ? (
        <Summary summary={summary} stars={stars} choose={setStars} />
      ) : (
        stars === null && <p>{t('reviews.none')}</p>
      )}
      <div class="row reviews-bar">
        <a class="button" href={`/products/${product.slug}/review`}>
          {t('reviews.write')}
        </a>
        {(summary?.count ?? 0) > 1 && (
          <label class="row">
            {t('reviews.sort')}
            <select value={sort} onChange={({ currentTarget: { value } }) => setSort(value as Sort)}>
              {sorts.map((one) => (
                <option key={one} value={one}>
                  {t(`reviews.${one}`)}
                </option>
              ))}
            </select>
          </label>
        )}
        {stars !== null && (
          <Button kind="quiet" onClick={() => setStars(null)}>
            {t('reviews.showAll')}
          </Button>
        )}
      </div>
      {list.error ? <ErrorView error={list.error} retry={list.reload} /> : null}
      {stars !== null && data.length === 0 && pagination && !pagination.nextCursor && <p>{t('reviews.noneSuch')}</p>}
      <ul class="plain reviews" aria-busy={list.loading}>
        {data.map((review) => (
          <li key={review.id}>
            <Review review={review} marked={marks.has(review.id)} onChange={change} />
          </li>
        ))}
      </ul>
      <ErrorMessage error={more.error} />
      {pagination?.nextCursor && (
        <Button busy={more.busy} onClick={() => void more.run()}>
          {t('reviews.more')}
        </Button>
      )}
    </>
  );
}

interface SummaryProps {
  summary: RatingSummaryBody;
  stars: number | null;
  choose: (stars: number | null) => void;
}

/** The average, and how many gave how many stars. A line shows only those reviews. */
function Summary({ summary: { average, count, histogram }, stars, choose }: SummaryProps) {
  return (
    <div class="rating-summary">
      <p>
        <strong>{formatNumber((average ?? 0) / 100, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}</strong>
        <Stars value={(average ?? 0) / 100} />
        {t('stars.count', { count })}
      </p>
      <ul class="plain histogram" aria-label={t('reviews.histogram')}>
        {histogram.map((line) => (
          <li key={line.stars}>
            <button
              type="button"
              aria-pressed={line.stars === stars}
              title={t('reviews.onlyStars', { count: line.stars })}
              onClick={() => choose(line.stars === stars ? null : line.stars)}
            >
              <span>{t('reviews.stars', { count: line.stars })}</span>
              <span class="track" aria-hidden="true">
                <span style={{ width: `${(100 * line.count) / count}%` }} />
              </span>
              <span>{formatNumber(line.count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
