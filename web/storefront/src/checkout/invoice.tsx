import { type AddressBody, isKontorError, type ShopBody } from '@kontor/client';
import { language, t } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { errorText } from '../ui/errors.ts';
import { Checkbox, Field } from '../ui/field.tsx';
import { Message } from '../ui/message.tsx';
import { AddressChoice } from './address-choice.tsx';
import { allCountries } from './countries.ts';
import { billingForm } from './draft.ts';
import { changeDraft, draft } from './state.ts';

interface Props {
  shop: ShopBody;
  /** Those of the account for invoices. */
  addresses: AddressBody[];
  saved: AddressBody | undefined;
  errors: Readonly<Record<string, string>>;
  /** What the quote or the order was refused with. */
  error: unknown;
}

export function Invoice({ shop, addresses, saved, errors, error }: Props) {
  const { billingDiffers, vatNumber } = draft.value;
  const refused = isKontorError(error, 'vat_number_invalid', 'vat_check_unavailable');
  return (
    <section>
      <Checkbox
        label={t('checkout.billingDiffers')}
        checked={billingDiffers}
        onChange={(event) => changeDraft({ billingDiffers: event.currentTarget.checked })}
      />
      {billingDiffers && (
        <fieldset>
          <legend>{t('checkout.billing')}</legend>
          {/* Who pays may live where the shop does not send to. */}
          <AddressChoice
            section="billing"
            title={t('checkout.billing')}
            legend={t('checkout.billing')}
            addresses={addresses}
            saved={saved}
            countries={allCountries(language.value)}
            value={billingForm(draft.value)}
            errors={errors}
            onChoose={(billingAddressId) => changeDraft({ billingAddressId })}
            onChange={(billing) => changeDraft({ billing })}
          />
        </fieldset>
      )}
      {shop.tax.reverseCharge && (
        <Field
          label={t('checkout.vatNumber')}
          hint={t('checkout.vatHint')}
          value={vatNumber}
          error={errors['vatNumber']}
          minLength={4}
          maxLength={24}
          autocomplete="off"
          onInput={(event) => changeDraft({ vatNumber: event.currentTarget.value })}
        />
      )}
      {refused && (
        <Message kind="error">
          <p>{errorText(error)}</p>
          <Button kind="quiet" onClick={() => changeDraft({ vatNumber: '' })}>
            {t('checkout.vatWithout')}
          </Button>
        </Message>
      )}
    </section>
  );
}
