import type { AddressBody } from '@kontor/client';
import { language, t } from '../i18n/index.ts';
import { fieldSentence } from '../ui/errors.ts';
import { Checkbox } from '../ui/field.tsx';
import { Message } from '../ui/message.tsx';
import { AddressFields } from './address-fields.tsx';
import { type Choice, countryName, isAmong } from './countries.ts';
import type { AddressForm } from './draft.ts';

interface Props {
  section: 'shipping' | 'billing';
  /** Of the address, in a sentence about it; and of the choice. */
  title: string;
  legend: string;
  /** Those of the account. */
  addresses: AddressBody[];
  saved: AddressBody | undefined;
  /** Addresses in other countries cannot be chosen. */
  countries: Choice[];
  /** What is typed. */
  value: AddressForm;
  errors: Readonly<Record<string, string>>;
  /** With '' for another one, which is typed. */
  onChoose: (id: string) => void;
  onChange: (value: AddressForm) => void;
}

/** One of the addresses of the account, or another one. */
export function AddressChoice({ section, title, addresses, saved, countries, value, errors, ...props }: Props) {
  const path = `${section}Address`;
  const ofSaved = Object.entries(errors).find(([name]) => saved && name.startsWith(`${path}.`))?.[1];
  const refused = errors[path] ?? errors[`${path}Id`] ?? ofSaved;
  return (
    <>
      {refused && <Message kind="error">{fieldSentence(title, refused)}</Message>}
      {addresses.length > 0 && (
        <SavedAddresses
          name={path}
          legend={props.legend}
          addresses={addresses}
          chosen={saved}
          countries={countries}
          onChoose={props.onChoose}
        />
      )}
      {!saved && (
        <AddressFields
          section={section}
          path={`${path}.`}
          value={value}
          countries={countries}
          errors={errors}
          onChange={props.onChange}
        />
      )}
    </>
  );
}

interface SavedProps extends Pick<Props, 'legend' | 'addresses' | 'countries' | 'onChoose'> {
  /** Of the radio buttons. */
  name: string;
  chosen: AddressBody | undefined;
}

function SavedAddresses({ name, legend, addresses, chosen, countries, onChoose }: SavedProps) {
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
