import type { VariantBody } from '@kontor/client';

/** The values that were chosen so far, by option. */
export type Choice = Readonly<Record<string, string>>;

/** Only what is used of a variant. */
export type Variant = Pick<VariantBody, 'sku' | 'options' | 'stock'>;

/** How a value goes with what was chosen for the other options. */
export type Availability = 'there' | 'sold-out' | 'not-made';

/** The variant that has all chosen values, once there is one for each option. */
export function chosenVariant<V extends Variant>(
  variants: readonly V[],
  options: readonly string[],
  choice: Choice,
): V | undefined {
  return options.every((option) => choice[option] !== undefined)
    ? variants.find((variant) => options.every((option) => variant.options[option] === choice[option]))
    : undefined;
}

/** The values of an option, in the order of the variants. */
export function valuesOf(variants: readonly Variant[], option: string): string[] {
  return [...new Set(variants.map((variant) => variant.options[option] ?? ''))];
}

export function availability(
  variants: readonly Variant[],
  options: readonly string[],
  choice: Choice,
  option: string,
  value: string,
): Availability {
  const fitting = variants.filter((variant) =>
    options.every(
      (other) => variant.options[other] === (other === option ? value : (choice[other] ?? variant.options[other])),
    ),
  );
  if (fitting.length === 0) return 'not-made';
  return fitting.some(({ stock }) => stock !== 'out') ? 'there' : 'sold-out';
}

/** The choice with one more value. Earlier choices that no variant has together with it are taken back. */
export function choose(
  variants: readonly Variant[],
  options: readonly string[],
  choice: Choice,
  option: string,
  value: string,
): Choice {
  const now: Record<string, string> = { [option]: value };
  for (const other of options) {
    const earlier = choice[other];
    if (other === option || earlier === undefined) continue;
    const goes = variants.some((variant) =>
      Object.entries({ ...now, [other]: earlier }).every(([name, wanted]) => variant.options[name] === wanted),
    );
    if (goes) now[other] = earlier;
  }
  return now;
}

/** What is chosen when the page opens: the variant of the address, and options that leave no choice. */
export function firstChoice(variants: readonly Variant[], options: readonly string[], sku: string | null): Choice {
  const named = variants.find((variant) => variant.sku.toLowerCase() === sku?.toLowerCase());
  if (named) return named.options;
  const single = options
    .map((option) => [option, valuesOf(variants, option)] as const)
    .filter(([, values]) => values.length === 1);
  return Object.fromEntries(single.map(([option, values]) => [option, values[0] ?? '']));
}
