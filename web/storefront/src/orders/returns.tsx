import type { OrderBody, ReturnBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { formatDate, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { money } from '../state/shop.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoad } from '../ui/use-load.ts';
import { ReturnForm } from './return-form.tsx';

/** What the buyer sends back, and can still send back. */
export function Returns({ order, onChange }: { order: OrderBody; onChange: () => void }) {
  const { id, fulfillmentStatus, updatedAt } = order;
  const [open, setOpen] = useState(false);
  const { data, error } = useLoad(
    async (signal) => {
      if (fulfillmentStatus === 'unfulfilled') return null;
      return (await kontor.GET('/api/v1/orders/{id}/returns', { params: { path: { id } }, signal })).data;
    },
    [id, updatedAt],
    { stale: true },
  );
  if (error) return <ErrorMessage error={error} />;
  const possible = data && data.offers.length > 0 && data.returnable.length > 0;
  if (!data || (!possible && data.returns.length === 0)) return null;
  return (
    <section aria-labelledby="returns">
      <h2 id="returns">{t('return.list')}</h2>
      <ul class="plain">
        {data.returns.map((one) => (
          <Return key={one.id} one={one} onChange={onChange} />
        ))}
      </ul>
      {possible && (
        <>
          <Button onClick={() => setOpen(true)}>{t('return.start')}</Button>
          <Dialog title={t('return.title')} open={open} onClose={() => setOpen(false)}>
            <ReturnForm
              order={order}
              offers={data.offers}
              returnable={data.returnable}
              onDone={() => {
                setOpen(false);
                toast(t('return.done'));
                onChange();
              }}
            />
          </Dialog>
        </>
      )}
    </section>
  );
}

function Return({ one, onChange }: { one: ReturnBody; onChange: () => void }) {
  const cancel = useAction(async () => {
    const params = { path: { id: one.orderId, return: one.id } };
    await kontor.POST('/api/v1/orders/{id}/returns/{return}/cancel', { params });
    toast(t('return.cancelled'));
    onChange();
  });
  return (
    <li class="panel parcel">
      <h3>
        {t(`return.kind.${one.kind}`)}, {formatDate(one.createdAt)}
      </h3>
      <p>
        {t(`return.status.${one.status}`)}
        {one.reason && <span class="hint"> {one.reason}</span>}
      </p>
      <ul>
        {one.items.map((item) => (
          <li key={item.id}>
            {t('order.quantity', { count: item.quantity })} {item.name}
            {item.reason && `: ${t(`return.reason.${item.reason}`)}`}
          </li>
        ))}
      </ul>
      {one.amount && <p>{t('return.amount', { amount: money(one.amount) })}</p>}
      {['requested', 'approved'].includes(one.status) && (
        <Button busy={cancel.busy} onClick={() => cancel.run()}>
          {t('return.cancel')}
        </Button>
      )}
      <ErrorMessage error={cancel.error} />
    </li>
  );
}
