import type { OrderBody, OrderItemBody } from '@kontor/client';
import { LineOptions, LinePicture } from '../checkout/line.tsx';
import { formatDate, t } from '../i18n/index.ts';
import { catalogueLang } from '../state/shop.ts';
import { Money } from '../ui/money.tsx';
import { variantName } from './exchange.ts';

export function Items({ order }: { order: OrderBody }) {
  return (
    <section aria-labelledby="items">
      <h2 id="items">{t('order.items')}</h2>
      <ul class="lines plain">
        {order.items.map((item) => (
          <Item key={item.id} item={item} order={order} />
        ))}
      </ul>
    </section>
  );
}

function Item({ item, order }: { item: OrderItemBody; order: OrderBody }) {
  const { quantity, returned, exchanged, toSend, backordered, availableFrom } = item;
  const unsent = order.fulfillmentStatus === 'unfulfilled';
  const partly = !unsent && toSend > 0;
  const waits = unsent && backordered > 0;
  return (
    <li class="line">
      <LinePicture url={item.imageUrl} />
      <div class="line-text">
        <h3>
          {t('order.quantity', { count: quantity })}{' '}
          <a href={`/products/${item.productId}`} lang={catalogueLang()}>
            {item.name}
          </a>
        </h3>
        <LineOptions options={item.options} />
        {partly && <p class="hint">{t('order.toSend', { count: toSend })}</p>}
        {waits && (
          <p class="hint">
            {availableFrom
              ? t('cart.backorderedFrom', { count: backordered, quantity, date: formatDate(availableFrom) })
              : t('cart.backordered', { count: backordered, quantity })}
          </p>
        )}
        {exchanged.map((other) => (
          <p class="hint" key={other.sku}>
            {t('order.exchanged', { count: other.quantity, name: variantName(other.options, other.sku) })}
          </p>
        ))}
        {returned > 0 && <p class="hint">{t(unsent ? 'order.notSent' : 'order.returned', { count: returned })}</p>}
        {!unsent && returned + toSend < quantity && (
          <a href={`/products/${item.productId}/review?order=${order.id}`}>{t('order.review')}</a>
        )}
      </div>
      <Money of={item.total} class="line-total" />
    </li>
  );
}
