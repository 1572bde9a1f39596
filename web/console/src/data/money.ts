/** The minor units of an amount as people write it, such as 1999 for `19.99` or `19,99`. NaN if it is none. */
export function parseMoney(text: string, decimals: number): number {
  const match = /^(\d{1,12})(?:[.,](\d*))?$/.exec(text.trim());
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals) return Number.NaN;
  return Number(match[1]) * 10 ** decimals + Number(fraction.padEnd(decimals, '0') || 0);
}

/** An amount for a field in which it can be changed. */
export function writeMoney(amount: number, decimals: number): string {
  return (amount / 10 ** decimals).toFixed(decimals);
}
