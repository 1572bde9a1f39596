import type { OrderBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { useMailLink } from '../account/use-mail-link.ts';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';
import { useAction } from '../ui/use-action.ts';

/** A guest confirms cash on delivery. It takes a button: programs that check links in mails open pages, too. */
export default function ConfirmOrder() {
  const token = useMailLink();
  const [order, setOrder] = useState<OrderBody | null>(null);
  const confirm = useAction(async () => {
    setOrder((await kontor.POST('/api/v1/orders/confirm', { body: { token } })).data);
  });
  return (
    <div class="narrow">
      <Heading>{t('confirmOrder.title')}</Heading>
      {!token && <Message>{t('confirmOrder.noToken')}</Message>}
      {token && !order && (
        <>
          <p>{t('confirmOrder.text')}</p>
          <ErrorMessage error={confirm.error} />
          <Button kind="primary" busy={confirm.busy} onClick={() => confirm.run()}>
            {t('confirmOrder.button')}
          </Button>
        </>
      )}
      {order && (
        <>
          <Message kind="success">{t('confirmOrder.done')}</Message>
          <a href={`/orders/${order.id}`}>{t('confirmOrder.toOrder')}</a>
        </>
      )}
    </div>
  );
}
