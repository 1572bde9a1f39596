import { isKontorError, type QuoteBody } from '@kontor/client';
import { useEffect } from 'preact/hooks';
import { kontor } from '../shop.ts';
import { cart } from '../state/cart.ts';
import { type Loaded, useLoad } from '../ui/use-load.ts';
import { useSettled } from '../ui/use-settled.ts';
import { changeDraft, draft } from './state.ts';

/** The part of an address that prices depend on. */
interface Place {
  country: string;
  region: string | null;
  postalCode: string;
}

const SHORTEST_VAT_NUMBER = 4;

/** What an order of the cart would cost now; asked again whenever something changes that its price depends on. */
export function useQuote(address: Place): Loaded<QuoteBody | null> {
  const { country } = address;
  const region = useSettled(address.region ?? '');
  const method = draft.value.shippingMethodId;
  const vatNumber = useSettled(draft.value.vatNumber.trim());
  // Only there the postal code decides about tax: it tells Northern Ireland from the rest.
  const postalCode = useSettled(country === 'GB' ? address.postalCode.trim() : '');
  const now = cart.value;
  const lines = now?.items.map(({ sku, quantity, unitPrice }) => [sku, quantity, unitPrice.amount]);
  const loaded = useLoad(
    async (signal) => {
      if (!country || !lines?.length) return null;
      const body = {
        country,
        region: region || null,
        postalCode: postalCode || null,
        shippingMethodId: method || null,
        vatNumber: vatNumber.length < SHORTEST_VAT_NUMBER ? null : vatNumber,
      };
      return (await kontor.POST('/api/v1/quotes', { body, signal })).data;
    },
    [country, region, postalCode, method, vatNumber, lines, now?.coupon],
    { stale: true },
  );
  const gone = isKontorError(loaded.error, 'shipping_method_not_offered');
  useEffect(() => {
    if (gone) changeDraft({ shippingMethodId: '' });
  }, [gone]);
  return loaded;
}
