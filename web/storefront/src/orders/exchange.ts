import type { OrderItemBody, ProductBody, ReturnInput } from '@kontor/client';

type Line = Pick<OrderItemBody, 'sku' | 'options' | 'unitPrice' | 'exchanged'>;
type Product = Pick<ProductBody, 'status' | 'options'> & {
  variants: Pick<ProductBody['variants'][number], 'sku' | 'options' | 'price' | 'stock'>[];
};

/** What a buyer can get in place of a unit that comes back. */
export interface Exchange {
  sku: string;
  name: string;
  soldOut: boolean;
}

/** A variant in words, such as `M · Blue`; its SKU if it has no options. */
export function variantName(options: readonly string[], sku: string): string {
  return options.join(' · ') || sku;
}

/** What units of a line are, in words. They are of another variant than the line, if they were exchanged before. */
export function unitsName({ sku: ordered, options, exchanged }: Line, sku: string): string {
  if (sku === ordered) return options.join(' · ');
  return variantName(exchanged.find((one) => one.sku === sku)?.options ?? [], sku);
}

/** The other variants of the product that cost what a unit of the line cost: an exchange moves no money. */
export function exchangesOf(product: Product, { unitPrice }: Line, sku: string): Exchange[] {
  if (product.status !== 'active') return [];
  return product.variants
    .filter((other) => other.sku !== sku)
    .filter(({ price }) => price.amount === unitPrice.amount && price.currency === unitPrice.currency)
    .map((other) => ({
      sku: other.sku,
      name: variantName(
        product.options.map((option) => other.options[option] ?? ''),
        other.sku,
      ),
      soldOut: other.stock === 'out',
    }));
}

/** The fields that were refused of each item that was sent. The shop names an item by its place or by its line:
 *  `items[1].exchangeFor`, `items.var_01M7W6C3804Q9PV3Y1B8S4HJET`. What is about all of an item has the name ''. */
export function itemErrors(
  errors: Readonly<Record<string, string>>,
  items: Pick<ReturnInput['items'][number], 'id'>[],
): Record<string, string>[] {
  return items.map(({ id }, at) => {
    const paths = [`items[${at}]`, `items.${id}`];
    const own = Object.entries(errors).flatMap(([field, why]) => {
      const path = paths.find((one) => field === one || field.startsWith(`${one}.`));
      return path ? [[field.slice(path.length + 1), why]] : [];
    });
    return Object.fromEntries(own);
  });
}
