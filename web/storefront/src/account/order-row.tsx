import type { ListedOrderBody } from '@kontor/client';
import { LinePicture } from '../checkout/line.tsx';
import { formatDate, t } from '../i18n/index.ts';
import { orderStatus } from '../orders/status.ts';
import { Money } from '../ui/money.tsx';

/** An order in a list: when, how it stands, what it cost, and pictures of what was bought. */
export function OrderRow({ order, heading: Heading = 'h2' }: { order: ListedOrderBody; heading?: 'h2' | 'h3' }) {
  const shown = order.items.slice(0, 5);
  const more = order.itemCount - shown.length;
  return (
    <li class="order-row">
      <header>
        <Heading>
          <a href={`/orders/${order.id}`}>{t('order.title', { number: order.number })}</a>
        </Heading>
        <span class="badge">{orderStatus(order)}</span>
        <Money of={order.total} />
      </header>
      <p class="hint">{t('order.placedAt', { date: formatDate(order.createdAt) })}</p>
      <div class="order-pictures" aria-hidden="true">
        {shown.map((item) => (
          <LinePicture key={item.id} url={item.imageUrl} />
        ))}
      </div>
      <p class="hint">
        {shown.map(({ name, quantity }) => `${t('order.quantity', { count: quantity })} ${name}`).join(', ')}
        {more > 0 && ` ${t('orders.andMore', { count: more })}`}
      </p>
    </li>
  );
}
