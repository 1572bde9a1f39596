import type { AddressBody, User } from '@kontor/client';
import type { ComponentChildren } from 'preact';
import { t } from '../i18n/index.ts';
import { fieldSentence } from '../ui/errors.ts';
import { Message } from '../ui/message.tsx';
import { AddressFields } from './address-fields.tsx';
import type { Choice } from './countries.ts';
import { SavedAddresses } from './saved-addresses.tsx';
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
        <SavedAddresses
          name="address"
          legend={t('checkout.savedAddress')}
          addresses={addresses}
          chosen={saved}
          countries={countries}
          onChoose={(addressId) => changeDraft({ addressId })}
        />
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
