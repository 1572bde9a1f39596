import { isKontorError, type OrderBody, type PlaceOrderInput } from '@kontor/client';
import { useState } from 'preact/hooks';
import { language } from '../i18n/index.ts';
import { isRefused } from '../repeat.ts';
import { kontor } from '../shop.ts';
import { reloadCart } from '../state/cart.ts';
import { ofTab } from '../storage.ts';
import { useAction } from '../ui/use-action.ts';
import { readAttempt, writeAttempt } from './draft.ts';
import { changeDraft } from './state.ts';

/** Sends the order once, however often it is asked to. `unanswered`: it was sent, and nobody knows what became of it. */
export function usePlaceOrder(onPlaced: (order: OrderBody) => Promise<void>) {
  const [unanswered, setUnanswered] = useState(readAttempt(ofTab) !== null);
  const action = useAction(async (order: PlaceOrderInput) => {
    const attempt = readAttempt(ofTab) ?? { key: crypto.randomUUID(), order };
    writeAttempt(ofTab, attempt);
    try {
      // Mails are in the language of the pages.
      const params = { header: { 'Idempotency-Key': attempt.key, 'Accept-Language': language.value } };
      const { data } = await kontor.POST('/api/v1/orders', { params, body: attempt.order });
      writeAttempt(ofTab, null);
      setUnanswered(false);
      await onPlaced(data);
    } catch (error) {
      if (isRefused(error)) writeAttempt(ofTab, null);
      setUnanswered(readAttempt(ofTab) !== null);
      await repair(error);
      throw error;
    }
  });
  return { ...action, unanswered };
}

/** Brings the page up to what the shop said, so that the buyer sees what to decide about. */
async function repair(error: unknown): Promise<void> {
  if (isKontorError(error, 'shipping_method_not_offered')) changeDraft({ shippingMethodId: '' });
  if (isKontorError(error, 'payment_method_not_accepted', 'cash_limit_exceeded')) changeDraft({ paymentMethod: '' });
  if (isRefused(error)) await reloadCart();
}
