import type { OrderBody, ParcelBody } from '@kontor/client';
import { formatDate, t } from '../i18n/index.ts';
import { catalogueLang } from '../state/shop.ts';
import { Tracking } from './tracking.tsx';

export function Parcels({ order }: { order: OrderBody }) {
  if (order.parcels.length === 0) return null;
  return (
    <section aria-labelledby="parcels">
      <h2 id="parcels">{t('order.parcels')}</h2>
      <ul class="plain">
        {order.parcels.map((parcel, index) => (
          <Parcel key={parcel.id} parcel={parcel} number={index + 1} order={order} />
        ))}
      </ul>
    </section>
  );
}

function Parcel({ parcel, number, order }: { parcel: ParcelBody; number: number; order: OrderBody }) {
  const at = parcel.deliveredAt ?? parcel.shippedAt;
  const nameOf = (id: string) => order.items.find((item) => item.id === id)?.name ?? '';
  return (
    <li class="panel parcel">
      <h3>
        {t('order.parcel', { number })}: {t(`order.parcelStatus.${parcel.status}`)}
      </h3>
      {at && <p class="hint">{formatDate(at)}</p>}
      {order.parcels.length > 1 && (
        <ul>
          {parcel.items.map(({ id, quantity }) => (
            <li key={id}>
              {t('order.quantity', { count: quantity })} <span lang={catalogueLang()}>{nameOf(id)}</span>
            </li>
          ))}
        </ul>
      )}
      <Tracking parcel={parcel} />
    </li>
  );
}
