import { type AddressBody, isKontorError } from '@kontor/client';
import { useState } from 'preact/hooks';
import { AddressFields } from '../checkout/address-fields.tsx';
import { allCountries, likelyCountry } from '../checkout/countries.ts';
import { emptyAddress, toForm, toPostal } from '../checkout/draft.ts';
import { language, t } from '../i18n/index.ts';
import { useSameKey } from '../repeat.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Checkbox, Field } from '../ui/field.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { useAction } from '../ui/use-action.ts';
import { useFocusInvalid } from '../ui/use-focus-invalid.ts';

interface Props {
  /** The address to change, or a new one. Null: the window is closed. */
  open: AddressBody | 'new' | null;
  /** The version of the address book that is shown. */
  version: string;
  onClose: () => void;
  onSaved: () => void;
  /** Somebody changed the addresses meanwhile. */
  onStale: () => void;
}

export function AddressDialog({ open, onClose, ...rest }: Props) {
  const title = open === 'new' ? t('addresses.add') : t('addresses.edit');
  return (
    <Dialog title={title} open={open !== null} onClose={onClose}>
      {open && <AddressForm key={open === 'new' ? open : open.id} address={open === 'new' ? null : open} {...rest} />}
    </Dialog>
  );
}

type FormProps = Pick<Props, 'version' | 'onSaved' | 'onStale'> & { address: AddressBody | null };

function AddressForm({ address, version, onSaved, onStale }: FormProps) {
  const countries = allCountries(language.value);
  const [form, setForm] = useState(
    address ? toForm(address) : emptyAddress(likelyCountry(countries, navigator.languages)),
  );
  const [type, setType] = useState<AddressBody['type']>(address?.type ?? 'shipping');
  const [isDefault, setDefault] = useState(address?.isDefault ?? false);
  const body = { ...toPostal(form), isDefault };
  const withKey = useSameKey(JSON.stringify([type, body]));
  const save = useAction(async () => {
    try {
      if (address) {
        const params = { path: { id: address.id }, header: { 'If-Match': version } };
        await kontor.PUT('/api/v1/users/me/addresses/{id}', { params, body });
      } else {
        await withKey((key) =>
          kontor.POST('/api/v1/users/me/addresses', {
            params: { header: { 'Idempotency-Key': key } },
            body: { ...body, type },
          }),
        );
      }
    } catch (error) {
      if (isKontorError(error, 'precondition_failed', 'address_not_found')) onStale();
      throw error;
    }
    onSaved();
  });
  const errors = fieldErrors(save.error);
  const element = useFocusInvalid(save.error);
  return (
    <form
      ref={element}
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      {!address && (
        <Field
          as="select"
          label={t('addresses.type')}
          value={type}
          onChange={(event) => setType(event.currentTarget.value as AddressBody['type'])}
        >
          <option value="shipping">{t('addresses.type.shipping')}</option>
          <option value="billing">{t('addresses.type.billing')}</option>
        </Field>
      )}
      <AddressFields section={type} value={form} countries={countries} errors={errors} onChange={setForm} />
      <Checkbox
        label={t('addresses.makeDefault')}
        checked={isDefault}
        onChange={(event) => setDefault(event.currentTarget.checked)}
      />
      {isKontorError(save.error, 'precondition_failed') ? (
        <Message kind="error">{t('addresses.changedElsewhere')}</Message>
      ) : (
        <ErrorMessage error={save.error} />
      )}
      <Button kind="primary" type="submit" busy={save.busy}>
        {t('button.save')}
      </Button>
    </form>
  );
}
