/** A price as people write it in this language, such as `1.000,50` in German. Undefined if it is no number. */
export function readPrice(text: string, locale: string): number | undefined {
  const plain = text.replace(/[\s'’]/g, '');
  if (!/^[.,]?\d[\d.,]*$/.test(plain)) return undefined;
  const digits = plain.replace(/[.,]/g, '');
  const last = /[.,](?=\d*$)/.exec(plain);
  if (!last) return Number(digits);
  const [mark] = last;
  // More than once, or in the place where this language has it, it divides thousands.
  const isThousands =
    plain.split(mark).length > 2 || (mark !== decimalMark(locale) && /^\d{1,3}[.,]\d{3}$/.test(plain));
  return isThousands ? Number(digits) : Number(digits) / 10 ** (plain.length - last.index - 1);
}

/** The price in a field: without what divides thousands. */
export function writePrice(price: number, locale: string): string {
  return new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 4 }).format(price);
}

function decimalMark(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.';
}
