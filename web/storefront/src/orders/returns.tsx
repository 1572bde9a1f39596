import type { OrderBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useLoad } from '../ui/use-load.ts';
import { Return } from './return.tsx';
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
          <Return key={one.id} one={one} order={order} onChange={onChange} />
        ))}
      </ul>
      {possible && (
        <>
          <Button onClick={() => setOpen(true)}>{t('return.start')}</Button>
          <Dialog title={t('return.title')} open={open} onClose={() => setOpen(false)}>
            <ReturnForm
              order={order}
              of={data}
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
