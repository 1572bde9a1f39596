import type { PostalBody } from '@kontor/client';
import { countryName } from '../checkout/countries.ts';
import { language } from '../i18n/index.ts';

/** A postal address, as on a letter. */
export function Postal({ address }: { address: PostalBody }) {
  const { name, company, line1, line2, postalCode, city, region, country, phone } = address;
  const lines = [
    name,
    company,
    line1,
    line2,
    `${postalCode} ${city}`,
    region,
    countryName(country, language.value),
    phone,
  ];
  return <address class="postal">{lines.filter(Boolean).join('\n')}</address>;
}
