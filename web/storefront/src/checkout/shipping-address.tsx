import type { AddressBody, User } from '@kontor/client';
import type { ComponentChildren } from 'preact';
import { t } from '../i18n/index.ts';
import { AddressChoice } from './address-choice.tsx';
import type { Choice } from './countries.ts';
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
  return (
    <section aria-labelledby="address">
      <h2 id="address">{t('checkout.address')}</h2>
      <AddressChoice
        section="shipping"
        title={t('checkout.address')}
        legend={t('checkout.savedAddress')}
        addresses={person ? addresses : []}
        saved={saved}
        countries={countries}
        value={draft.value.shipping}
        errors={errors}
        onChoose={(addressId) => changeDraft({ addressId })}
        onChange={(shipping) => changeDraft({ shipping })}
      />
      {children}
    </section>
  );
}
