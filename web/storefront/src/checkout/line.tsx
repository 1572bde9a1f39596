import type { CartItemBody } from '@kontor/client';
import { formatDate, t } from '../i18n/index.ts';
import { catalogueLang, money } from '../state/shop.ts';

/** The small picture of a line. Its name stands beside it. */
export function LinePicture({ url }: { url: string | null }) {
  return url ? (
    <img class="picture line-picture" src={url} width="80" height="80" alt="" loading="lazy" />
  ) : (
    <span class="picture none line-picture" />
  );
}

/** The values of the chosen variant. */
export function LineOptions({ options }: { options: string[] }) {
  if (options.length === 0) return null;
  return (
    <p class="hint" lang={catalogueLang()}>
      {options.join(' · ')}
    </p>
  );
}

/** What a buyer must know about a line before ordering it. */
export function LineNotes({ item }: { item: CartItemBody }) {
  const { backordered, quantity, availableFrom, available, problem, stock } = item;
  return (
    <>
      {problem && <p class="line-problem">{problemText(item)}</p>}
      {backordered > 0 && (
        <p class="hint">
          {availableFrom
            ? t('cart.backorderedFrom', { count: backordered, quantity, date: formatDate(availableFrom) })
            : t('cart.backordered', { count: backordered, quantity })}
        </p>
      )}
      {!problem && stock === 'low' && available !== null && (
        <p class="hint">{t('cart.onlyLeft', { count: available })}</p>
      )}
    </>
  );
}

function problemText({ problem, available, previousPrice }: CartItemBody): string {
  if (problem === 'not_enough_stock' && available) return t('cart.problem.not_enough_stock.known', { available });
  if (problem === 'price_changed')
    return t('cart.problem.price_changed', { price: previousPrice ? money(previousPrice) : '' });
  return problem ? t(`cart.problem.${problem}`) : '';
}
