/** A name of the API for people: `partially_refunded` is "Partially refunded". */
export function words(name: string): string {
  const text = name
    .replace(/[._-]/g, ' ')
    .replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How many there are: "1 product", "2 products". */
export const counted = (count: number, name: string) => `${count} ${name}${count === 1 ? '' : 's'}`;

/** Choices of a field, with names for people. */
export const choices = (names: readonly string[]) => names.map((id) => ({ id, name: words(id) }));

/** The console is in English, so its numbers and days are, too, whatever the browser prefers. */
export const LANGUAGE = 'en';

const COUNTRIES = new Intl.DisplayNames(LANGUAGE, { type: 'region' });
const LANGUAGES = new Intl.DisplayNames(LANGUAGE, { type: 'language' });

/** The name of a country, such as Germany for DE. A code that nobody knows stays. */
export const countryName = (code: string) => COUNTRIES.of(code) ?? code;

export const languageName = (code: string) => LANGUAGES.of(code) ?? code;

/** An address on lines of its own. */
export function lines(...parts: (string | null | undefined)[]): string[] {
  return parts.filter((part): part is string => Boolean(part?.trim()));
}
