import type { OrderBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Field } from '../ui/field.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';
import { isCancellable } from './status.ts';

export function CancelOrder({ order, onChange }: { order: OrderBody; onChange: () => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const cancel = useAction(async () => {
    const params = { path: { id: order.id } };
    await kontor.POST('/api/v1/orders/{id}/cancel', { params, body: { reason: reason.trim() || null } });
    setOpen(false);
    toast(t('order.cancelled'));
    onChange();
  });
  if (!isCancellable(order)) return null;
  return (
    <>
      <Button kind="danger" onClick={() => setOpen(true)}>
        {t('order.cancel')}
      </Button>
      <Dialog title={t('order.cancelTitle')} open={open} onClose={() => setOpen(false)}>
        {order.paidAt && <p>{t('order.cancelText')}</p>}
        <Field
          label={t('order.cancelReason')}
          maxLength={200}
          value={reason}
          error={fieldErrors(cancel.error)['reason']}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <ErrorMessage error={cancel.error} />
        <div class="row">
          <Button kind="danger" busy={cancel.busy} onClick={() => cancel.run()}>
            {t('order.cancelYes')}
          </Button>
          <Button onClick={() => setOpen(false)}>{t('order.cancelNo')}</Button>
        </div>
      </Dialog>
    </>
  );
}
