import { formatMoney, type Money, type ShopBody } from '@kontor/client';
import { signal } from '@preact/signals';
import { language } from '../i18n/index.ts';
import { kontor } from '../shop.ts';

/** What `GET /shop` says: name, currency, countries, limits. Null until it is there. */
export const shop = signal<ShopBody | null>(null);
let asked: Promise<ShopBody> | undefined;

/** Asked for once. Pages that cannot go on without it wait for it. */
export function loadShop(): Promise<ShopBody> {
  asked ??= kontor.GET('/api/v1/shop').then(
    ({ data }) => {
      shop.value = data;
      return data;
    },
    (error: unknown) => {
      asked = undefined;
      throw error;
    },
  );
  return asked;
}

export function money(value: Money): string {
  return formatMoney(
    value,
    { decimals: shop.value?.currency.decimals ?? usualDecimals(value.currency) },
    language.value,
  );
}

/** Until the shop has told how many it uses, those of the browser's table; nearly always the same. */
export function usualDecimals(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
