import { type AddressBody, isKontorError } from '@kontor/client';
import { useState } from 'preact/hooks';
import { AccountPage } from '../../account/account-page.tsx';
import { AddressDialog } from '../../account/address-dialog.tsx';
import { t } from '../../i18n/index.ts';
import { kontor } from '../../shop.ts';
import { AskFirst } from '../../ui/ask-first.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorView } from '../../ui/error-view.tsx';
import { focusHeading } from '../../ui/focus.ts';
import { Skeleton } from '../../ui/loading.tsx';
import { Postal } from '../../ui/postal.tsx';
import { toast } from '../../ui/toast.tsx';
import { useLoad } from '../../ui/use-load.ts';

export default function Addresses() {
  return <AccountPage title={t('account.addresses')}>{() => <Book />}</AccountPage>;
}

type Open = AddressBody | 'new' | null;

function Book() {
  const [open, setOpen] = useState<Open>(null);
  const { data, error, reload } = useLoad(async (signal) => {
    const { data: addresses, response } = await kontor.GET('/api/v1/users/me/addresses', { signal });
    return { addresses, version: response.headers.get('ETag') ?? '*' };
  }, []);
  if (!data) return error ? <ErrorView error={error} retry={reload} /> : <Skeleton lines={6} />;
  return (
    <>
      {data.addresses.length === 0 && <p>{t('addresses.empty')}</p>}
      {(['shipping', 'billing'] as const).map((type) => {
        const some = data.addresses.filter((address) => address.type === type);
        return (
          some.length > 0 && (
            <section key={type}>
              <h2>{t(`addresses.${type}`)}</h2>
              <ul class="address-cards plain">
                {some.map((address) => (
                  <Card key={address.id} address={address} onEdit={() => setOpen(address)} onChange={reload} />
                ))}
              </ul>
            </section>
          )
        );
      })}
      <Button kind="primary" onClick={() => setOpen('new')}>
        {t('addresses.add')}
      </Button>
      <AddressDialog
        open={open}
        version={data.version}
        onClose={() => setOpen(null)}
        onSaved={() => {
          setOpen(null);
          toast(t('account.saved'));
          reload();
        }}
        onStale={reload}
      />
    </>
  );
}

function Card({ address, onEdit, onChange }: { address: AddressBody; onEdit: () => void; onChange: () => void }) {
  const { name } = address;
  return (
    <li class="panel">
      <Postal address={address} />
      {address.isDefault && <p class="hint">{t('addresses.default')}</p>}
      <div class="card-actions">
        <Button kind="quiet" aria-label={t('addresses.editOf', { name })} onClick={onEdit}>
          {t('addresses.edit')}
        </Button>
        <AskFirst
          kind="quiet"
          label={t('addresses.remove')}
          name={t('addresses.removeOf', { name })}
          question={t('addresses.removeTitle', { name })}
          action={() => removeAddress(address.id)}
          onDone={() => {
            toast(t('addresses.removed'));
            onChange();
            focusHeading();
          }}
        />
      </div>
    </li>
  );
}

/** It may have been removed in another window. */
async function removeAddress(id: string): Promise<void> {
  try {
    await kontor.DELETE('/api/v1/users/me/addresses/{id}', { params: { path: { id } } });
  } catch (error) {
    if (!isKontorError(error, 'address_not_found')) throw error;
  }
}
