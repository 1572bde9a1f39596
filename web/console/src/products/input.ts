import type { Fields } from '../data/resources.ts';

const VARIANT = ['id', 'sku', 'price', 'compareAtPrice', 'weightGrams', 'options', 'metadata', 'stock'];
/** What the variant of a product without options has at the top. */
export const ALONE = ['sku', 'price', 'compareAtPrice', 'weightGrams', 'stock'];

const only = (fields: Fields, names: string[]): Fields =>
  Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));

/** A product of the form as the API takes it: its variants, or, without options, the fields of the only one. */
export function productInput(product: Fields): Fields {
  const { variants = [], ...fields } = product as { variants?: Fields[] } & Fields;
  const options = (fields['options'] ?? []) as string[];
  const [first = {}] = variants;
  if (options.length === 0) return { ...fields, ...only(numberedStock(first), ALONE) };
  return { ...fields, variants: variants.map((variant) => variantInput(variant, options)) };
}

/** Where the form shows a field of what is sent: it has the only variant of a product without options in a grid, too. */
export function placeOfProduct(field: string, { options }: Fields): string {
  const hasOptions = Array.isArray(options) && options.length > 0;
  return !hasOptions && ALONE.includes(field) ? `variants.0.${field}` : field;
}

function variantInput(variant: Fields, options: string[]): Fields {
  const values = (variant['options'] ?? {}) as Fields;
  return only(numberedStock({ ...variant, options: only(values, options) }), VARIANT);
}

/** What is answered as `stock` is a word; what a new variant takes is a number. */
function numberedStock(variant: Fields): Fields {
  return typeof variant['stock'] === 'number' ? variant : { ...variant, stock: undefined };
}

/** The API keeps the notes that a change does not name, so those that were taken out are named with null. */
export function withRemoved(now: Fields, before: Fields): Fields {
  const [notes, old] = [now['metadata'], before['metadata']] as (Fields | undefined)[];
  const removed = Object.keys(old ?? {}).filter((name) => !(name in (notes ?? {})));
  return { ...now, metadata: { ...Object.fromEntries(removed.map((name) => [name, null])), ...notes } };
}
