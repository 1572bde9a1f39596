import type { OrderBody, ReturnBody, ReturnItemBody } from '@kontor/client';
import { formatDate, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { money } from '../state/shop.ts';
import { AskFirst } from '../ui/ask-first.tsx';
import { focusHeading } from '../ui/focus.ts';
import { toast } from '../ui/toast.tsx';
import { unitsName, variantName } from './exchange.ts';
import { ReturnPictures } from './return-pictures.tsx';
import { Tracking } from './tracking.tsx';

interface Props {
  one: ReturnBody;
  order: OrderBody;
  onChange: () => void;
}

/** A return: what comes back, how it stands, and what the buyer gets for it. */
export function Return({ one, order, onChange }: Props) {
  const { kind, status, createdAt, sendBy, reason, items, amount, exchangeParcel } = one;
  const params = { path: { id: one.orderId, return: one.id } };
  return (
    <li class="panel parcel">
      <h3>{t(`return.title.${kind}`, { date: formatDate(createdAt) })}</h3>
      <p>
        {t(`return.status.${status}`)}
        {status === 'approved' && sendBy && ` ${t('return.sendBy', { date: formatDate(sendBy) })}`}
        {reason && <span class="hint"> {reason}</span>}
      </p>
      <ul>
        {items.map((item) => (
          <Item key={item.id + item.sku} item={item} order={order} />
        ))}
      </ul>
      {amount && amount.amount > 0 && <p>{t('return.amount', { amount: money(amount) })}</p>}
      {exchangeParcel && (
        <>
          <p>{t('return.exchangeSent', { date: formatDate(exchangeParcel.shippedAt) })}</p>
          <Tracking parcel={exchangeParcel} />
        </>
      )}
      <ReturnPictures one={one} />
      {['requested', 'approved'].includes(status) && (
        <AskFirst
          label={t('return.cancel')}
          question={t('return.cancelTitle')}
          action={() => kontor.POST('/api/v1/orders/{id}/returns/{return}/cancel', { params })}
          onDone={() => {
            toast(t('return.cancelled'));
            focusHeading();
            onChange();
          }}
        />
      )}
    </li>
  );
}

function Item({ item, order }: { item: ReturnItemBody; order: OrderBody }) {
  const { quantity, name, sku, reason, exchangeFor } = item;
  const line = order.items.find(({ id }) => id === item.id);
  const variant = line && unitsName(line, sku);
  return (
    <li>
      {t('order.quantity', { count: quantity })} {name}
      {variant && ` (${variant})`}
      {reason && `: ${t(`return.reason.${reason}`)}`}
      {exchangeFor && (
        <p class="hint">{t('return.exchangedFor', { name: variantName(exchangeFor.options, exchangeFor.sku) })}</p>
      )}
    </li>
  );
}
