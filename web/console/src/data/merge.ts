// Two people changed one record: what both did, field by field.

import { refusalAt } from './errors.ts';

type Fields = Record<string, unknown>;

/** A field in which a record is different now, or is to be. Its path is such as `['variants', 'var_…', 'price']`. */
export interface Change {
  path: string[];
  base: unknown;
  mine: unknown;
  theirs: unknown;
  isClash: boolean;
}

export interface Merged {
  record: Fields;
  changes: Change[];
}

/** These are merged name by name. The API takes all variants at once, so one who sends theirs sends those of all. */
const BY_NAME = ['variants', 'attributes', 'metadata'];

/** What a variant has that is not changed with its product. */
const FROM_ELSEWHERE = ['stock', 'inventory', 'backorder', 'imageId'];

export const keyOf = (path: string[]) => path.join('\n');

/**
 * The record as both want it. Where both changed the same field to something else, it has mine, unless the key of the field
 * is among those of which theirs was chosen.
 */
export function merge(
  base: Fields,
  mine: Fields,
  theirs: Fields,
  fields: readonly string[],
  chosen = new Set<string>(),
): Merged {
  const changes: Change[] = [];

  function walk(before: unknown, own: unknown, other: unknown, path: string[]): unknown {
    if (same(own, other)) return other;
    if (isMerged(path) && isNamed(own) && isNamed(other)) {
      const names = [...new Set([...Object.keys(other), ...Object.keys(own)])];
      const old = isNamed(before) ? before : {};
      const all = names.map((name) => [name, walk(old[name], own[name], other[name], [...path, name])] as const);
      return Object.fromEntries(all.filter(([, value]) => value !== undefined));
    }
    const isMine = !same(own, before);
    const isClash = isMine && !same(other, before);
    changes.push({ path, base: before, mine: own, theirs: other, isClash });
    return isMine && !(isClash && chosen.has(keyOf(path))) ? own : other;
  }

  const record = walk(named(base, fields), named(mine, fields), named(theirs, fields), []) as Fields;
  const { variants, ...others } = record;
  return { record: variants ? { ...others, variants: Object.values(variants) } : others, changes };
}

/** The fields that a form has, with variants by their id, and new ones by their SKU. */
function named(record: Fields, fields: readonly string[]): Fields {
  const own = fields.filter((field) => record[field] !== undefined).map((field) => [field, record[field]] as const);
  const { variants, ...others } = Object.fromEntries(own);
  if (!Array.isArray(variants)) return others;
  const byId = (variants as Fields[]).map((variant) => [
    nameOf(variant),
    variant['id'] ? without(variant, FROM_ELSEWHERE) : variant,
  ]);
  return { ...others, variants: Object.fromEntries(byId) };
}

const nameOf = ({ id, sku }: Fields): string => (id ? String(id) : `new ${sku}`);

/** Whether these fields are the same in both, and their variants in the same order. */
export const isSame = (one: Fields, other: Fields, fields: readonly string[]): boolean =>
  same(named(one, fields), named(other, fields));

/** What the shop refused of a change, if it refused a record, by the names that forms use. */
export function refusedIn(refused: Record<string, string>, [field = '', name, ...rest]: string[], record: Fields) {
  const isVariant = (variant: Fields) => nameOf(variant) === name;
  const at = field === 'variants' ? [field, (record[field] as Fields[]).findIndex(isVariant), ...rest] : [field];
  return refusalAt(refused, at.join('.'));
}

const without = (fields: Fields, names: string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const isMerged = ([field]: string[]) => field === undefined || BY_NAME.includes(field);

const isNamed = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('currency' in value);

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
