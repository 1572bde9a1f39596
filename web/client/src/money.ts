import type { Money } from './types.ts';

/** Money for people: `formatMoney({ amount: 1999, currency: 'usd' }, shop.currency)` is $19.99. The decimals are those of
 * `GET /shop`, because some currencies have others there than in the tables of browsers. */
export function formatMoney(money: Money, { decimals }: { decimals: number }, locale?: string): string {
  return formatOf(money.currency, decimals, locale).format(money.amount / 10 ** decimals);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Each is made once, because browsers take long to make one and a page has many prices. */
function formatOf(currency: string, decimals: number, locale: string | undefined): Intl.NumberFormat {
  const key = `${currency} ${decimals} ${locale}`;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits });
  formats.set(key, format);
  return format;
}
