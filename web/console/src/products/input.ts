import type { Fields } from '../data/resources.ts';

const VARIANT = ['id', 'sku', 'price', 'compareAtPrice', 'weightGrams', 'options', 'metadata', 'stock'];
/** What the variant of a product without options has at the top. */
export const ALONE = ['sku', 'price', 'compareAtPrice', 'weightGrams', 'stock'];

const only = (fields: Fields, names: string[]): Fields =>
  Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));

/** The name of an option as a part of the name of an input, where the dot of "No. of seats" would begin another part. */
export const optionKey = (option: string) => `o${option.replace(/[\W_]/g, (sign) => `_${sign.charCodeAt(0)}_`)}`;

/** A product as its form has it: the values of the options by the keys of their names. */
export const toForm = <Product extends Fields>(product: Product): Product => withOptions(product, optionKey);

/** The same back again. A value of an option that was taken out has no name any more. */
export function fromForm<Product extends Fields>(product: Product): Product {
  const names = new Map(optionsOf(product).map((option) => [optionKey(option), option]));
  return withOptions(product, (key) => names.get(key));
}

function withOptions<Product extends Fields>(product: Product, named: (name: string) => string | undefined): Product {
  const { variants } = product as { variants?: Fields[] };
  if (!variants) return product;
  const values = (variant: Fields) =>
    Object.entries(variant['options'] ?? {}).flatMap(([name, value]) => {
      const to = named(name);
      return to === undefined ? [] : [[to, value] as const];
    });
  return {
    ...product,
    variants: variants.map((variant) => ({ ...variant, options: Object.fromEntries(values(variant)) })),
  };
}

const optionsOf = ({ options }: Fields) => (Array.isArray(options) ? (options as string[]) : []);

/** A product as the API takes it: its variants, or, without options, the fields of the only one. */
export function productInput(product: Fields): Fields {
  const { variants = [], ...fields } = product as { variants?: Fields[] } & Fields;
  const options = optionsOf(fields);
  const [first = {}] = variants;
  if (options.length === 0) return { ...fields, ...only(numberedStock(first), ALONE) };
  return { ...fields, variants: variants.map((variant) => variantInput(variant, options)) };
}

/**
 * Where the form shows a field of what is sent: it has the only variant of a product without options in a grid, too. What is
 * wrong with the values of a variant is at the first of them.
 */
export function placeOfProduct(field: string, product: Fields): string {
  const [first] = optionsOf(product);
  if (first === undefined) return ALONE.includes(field) ? `variants.0.${field}` : field;
  return /^variants\.\d+\.options$/.test(field) ? `${field}.${optionKey(first)}` : field;
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
