import { formatMoney, formatOf, type Money, type ShopBody } from '@kontor/client';
import { signal } from '@preact/signals';
import { language } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { once } from './once.ts';

/** What `GET /shop` says: name, currency, countries, limits. Null until it is there. */
export const shop = signal<ShopBody | null>(null);

/** Pages that cannot go on without it wait for it. */
export const loadShop = once(async () => {
  const { data } = await kontor.GET('/api/v1/shop');
  shop.value = data;
  return data;
});

/** `lang` for names and descriptions of the catalogue: the rest of the page may be in another language. */
export const catalogueLang = (): string | undefined => shop.value?.catalogueLanguage;

export function money(value: Money): string {
  return formatMoney(
    value,
    { decimals: shop.value?.currency.decimals ?? usualDecimals(value.currency) },
    language.value,
  );
}

/** Until the shop has told how many it uses, those of the browser's table; nearly always the same. */
export function usualDecimals(currency: string): number {
  return (
    formatOf(Intl.NumberFormat, 'en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}
