import type { RatingBody } from '@kontor/client';
import { formatNumber, t } from '../i18n/index.ts';

const STAR = 'm12 2.5 2.9 6.1 6.6.8-4.9 4.6 1.3 6.6L12 17.3l-5.9 3.3 1.3-6.6L2.5 9.4l6.6-.8z';

/** Stars from 0 to 5, also parts of them. */
export function Stars({ value }: { value: number }) {
  const text = t('stars.value', { value: formatNumber(value, { maximumFractionDigits: 1 }) });
  return (
    <span class="stars" role="img" aria-label={text}>
      {[0, 1, 2, 3, 4].map((index) => (
        <svg key={index} viewBox="0 0 24 24" width="16" height="16" aria-hidden="true">
          <path class="empty" d={STAR} />
          <path
            class="full"
            d={STAR}
            style={{ clipPath: `inset(0 ${100 - 100 * Math.min(1, Math.max(0, value - index))}% 0 0)` }}
          />
        </svg>
      ))}
    </span>
  );
}

/** Stars with the number of reviews. Nothing without reviews. */
export function Rating({ rating }: { rating: RatingBody }) {
  if (rating.average === null) return null;
  return (
    <span class="rating">
      <Stars value={rating.average / 100} />
      <span class="visually-hidden">, </span>
      <span aria-hidden="true">({formatNumber(rating.count)})</span>
      <span class="visually-hidden">{t('stars.count', { count: rating.count })}</span>
    </span>
  );
}
