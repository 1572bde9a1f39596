import type { AddressBody } from '@kontor/client';
import { language, t } from '../i18n/index.ts';
import { Checkbox } from '../ui/field.tsx';
import { type Choice, countryName, isAmong } from './countries.ts';

interface Props {
  /** Of the radio buttons. */
  name: string;
  legend: string;
  addresses: AddressBody[];
  chosen: AddressBody | undefined;
  /** Addresses in other countries cannot be chosen. */
  countries: Choice[];
  /** With '' for another one, which is typed. */
  onChoose: (id: string) => void;
}

/** A choice of the addresses of the account, and another one. */
export function SavedAddresses({ name, legend, addresses, chosen, countries, onChoose }: Props) {
  return (
    <fieldset class="options">
      <legend class="visually-hidden">{legend}</legend>
      {addresses.map((address) => {
        const reached = isAmong(countries, address.country);
        return (
          <div class="option" key={address.id}>
            <Checkbox
              type="radio"
              name={name}
              checked={address.id === chosen?.id}
              disabled={!reached}
              onChange={() => onChoose(address.id)}
              label={inOneLine(address)}
              hint={reached ? undefined : t('reason.country')}
            />
          </div>
        );
      })}
      <div class="option">
        <Checkbox
          type="radio"
          name={name}
          checked={!chosen}
          onChange={() => onChoose('')}
          label={t('checkout.otherAddress')}
        />
      </div>
    </fieldset>
  );
}

function inOneLine({ name, company, line1, postalCode, city, country }: AddressBody): string {
  const parts = [name, company, line1, `${postalCode} ${city}`, countryName(country, language.value)];
  return parts.filter(Boolean).join(', ');
}
