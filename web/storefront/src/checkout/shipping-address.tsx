import type { AddressBody, User } from '@kontor/client';
import type { ComponentChildren } from 'preact';
import { language, t } from '../i18n/index.ts';
import { fieldSentence } from '../ui/errors.ts';
import { Checkbox } from '../ui/field.tsx';
import { Message } from '../ui/message.tsx';
import { AddressFields } from './address-fields.tsx';
import { type Choice, countryName, isAmong } from './countries.ts';
import { changeDraft, draft } from './state.ts';

interface Props {
  person: User | null;
  addresses: AddressBody[];
  saved: AddressBody | undefined;
  countries: Choice[];
  errors: Readonly<Record<string, string>>;
  children: ComponentChildren;
}

/** One of the addresses of the account, or another one. */
export function ShippingAddress({ person, addresses, saved, countries, errors, children }: Props) {
  const ofSaved = Object.entries(errors).find(([name]) => saved && name.startsWith('shippingAddress.'))?.[1];
  const refused = errors['shippingAddress'] ?? errors['shippingAddressId'] ?? ofSaved;
  return (
    <section aria-labelledby="address">
      <h2 id="address">{t('checkout.address')}</h2>
      {refused && <Message kind="error">{fieldSentence(t('checkout.address'), refused)}</Message>}
      {person && addresses.length > 0 && (
        <fieldset class="options">
          <legend class="visually-hidden">{t('checkout.savedAddress')}</legend>
          {addresses.map((address) => {
            const reached = isAmong(countries, address.country);
            return (
              <div class="option" key={address.id}>
                <Checkbox
                  type="radio"
                  name="address"
                  checked={address.id === saved?.id}
                  disabled={!reached}
                  onChange={() => changeDraft({ addressId: address.id })}
                  label={inOneLine(address)}
                  hint={reached ? undefined : t('reason.country')}
                />
              </div>
            );
          })}
          <div class="option">
            <Checkbox
              type="radio"
              name="address"
              checked={!saved}
              onChange={() => changeDraft({ addressId: '' })}
              label={t('checkout.otherAddress')}
            />
          </div>
        </fieldset>
      )}
      {!saved && (
        <AddressFields
          section="shipping"
          path="shippingAddress."
          value={draft.value.shipping}
          countries={countries}
          errors={errors}
          onChange={(shipping) => changeDraft({ shipping })}
        />
      )}
      {children}
    </section>
  );
}

function inOneLine({ name, company, line1, postalCode, city, country }: AddressBody): string {
  const parts = [name, company, line1, `${postalCode} ${city}`, countryName(country, language.value)];
  return parts.filter(Boolean).join(', ');
}
