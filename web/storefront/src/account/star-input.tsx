import { t } from '../i18n/index.ts';

const STAR = 'm12 2.5 2.9 6.1 6.6.8-4.9 4.6 1.3 6.6L12 17.3l-5.9 3.3 1.3-6.6L2.5 9.4l6.6-.8z';

/** One to five stars: radio buttons, so the arrow keys choose, and screen readers say what each means. */
export function StarInput({ value, onChange }: { value: number; onChange: (stars: number) => void }) {
  return (
    <fieldset>
      <legend>{t('review.stars')}</legend>
      <div class="star-input">
        {([1, 2, 3, 4, 5] as const).map((stars) => (
          <label key={stars} class={stars <= value ? 'full' : 'empty'}>
            <input
              class="visually-hidden"
              type="radio"
              name="stars"
              checked={stars === value}
              onChange={() => onChange(stars)}
              aria-label={t(`review.star.${stars}`)}
            />
            <svg viewBox="0 0 24 24" width="36" height="36" aria-hidden="true">
              <path d={STAR} />
            </svg>
          </label>
        ))}
      </div>
      {value > 0 && <p class="hint">{t(`review.star.${value as 1 | 2 | 3 | 4 | 5}`)}</p>}
    </fieldset>
  );
}
