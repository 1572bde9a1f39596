import { formatOf } from './format.ts';
import type { Money } from './types.ts';

/** Money for people: `formatMoney({ amount: 1999, currency: 'usd' }, shop.currency)` is $19.99. The decimals are those of
 * `GET /shop`, because some currencies have others there than in the tables of browsers. */
export function formatMoney(money: Money, { decimals }: { decimals: number }, locale?: string): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const format = formatOf(Intl.NumberFormat, locale, { style: 'currency', currency: money.currency, ...digits });
  return format.format(money.amount / 10 ** decimals);
}
