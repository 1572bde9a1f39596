const formats = new Map<string, unknown>();

/** A format of `Intl`, such as `formatOf(Intl.NumberFormat, 'de')`. Each is made once, because browsers take long to make one
 * and a page has many numbers. */
export function formatOf<Format, Options>(
  Kind: new (locale?: string, options?: Options) => Format,
  locale?: string,
  options?: Options,
): Format {
  const key = `${Kind.name} ${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key) as Format | undefined;
  if (known) return known;
  const made = new Kind(locale, options);
  formats.set(key, made);
  return made;
}
