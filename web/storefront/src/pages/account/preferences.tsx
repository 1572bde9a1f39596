import type { ProfileInput, User } from '@kontor/client';
import { AccountPage } from '../../account/account-page.tsx';
import { saveProfile } from '../../account/save-profile.ts';
import { t } from '../../i18n/index.ts';
import { loadShop } from '../../state/shop.ts';
import { Checkbox, Field } from '../../ui/field.tsx';
import { ErrorMessage } from '../../ui/message.tsx';
import { toast } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLoad } from '../../ui/use-load.ts';

export default function Preferences() {
  return <AccountPage title={t('account.preferences')}>{(user) => <Choices user={user} />}</AccountPage>;
}

/** Each choice is saved as it is made. */
function Choices({ user }: { user: User }) {
  const { data: shop } = useLoad(loadShop, []);
  const save = useAction(async (change: ProfileInput) => {
    await saveProfile(change);
    toast(t('account.saved'));
  });
  const { preferences, notices } = user;
  const mails = [
    'orders',
    'stock',
    'reviews',
    ...(shop?.cartReminders ? (['carts'] as const) : []),
    'news',
    'account',
  ] as const;
  return (
    <>
      <ErrorMessage error={save.error} />
      <Field
        as="select"
        label={t('preferences.language')}
        value={user.language ?? ''}
        disabled={save.busy}
        onChange={({ currentTarget }) => save.run({ language: (currentTarget.value || null) as 'de' | 'en' | null })}
      >
        <option value="">{t('preferences.languageShop')}</option>
        <option value="en" lang="en">
          English
        </option>
        <option value="de" lang="de">
          Deutsch
        </option>
      </Field>
      <fieldset disabled={save.busy}>
        <legend>{t('preferences.mails')}</legend>
        {mails.map((name) => (
          <Checkbox
            key={name}
            label={t(`preferences.${name}`)}
            hint={name === 'orders' || name === 'account' ? t(`preferences.${name}.hint`) : undefined}
            checked={preferences[name]}
            onChange={({ currentTarget }) => save.run({ preferences: { [name]: currentTarget.checked } })}
          />
        ))}
      </fieldset>
      {notices && (
        <fieldset disabled={save.busy}>
          <legend>{t('preferences.staff')}</legend>
          <Checkbox
            label={t('preferences.lowStock')}
            checked={notices.lowStock}
            onChange={({ currentTarget }) => save.run({ notices: { lowStock: currentTarget.checked } })}
          />
          <Checkbox
            label={t('preferences.failedPayments')}
            checked={notices.failedPayments}
            onChange={({ currentTarget }) => save.run({ notices: { failedPayments: currentTarget.checked } })}
          />
          <Checkbox
            label={t('preferences.staffOrders')}
            checked={notices.orders}
            onChange={({ currentTarget }) => save.run({ notices: { orders: currentTarget.checked } })}
          />
        </fieldset>
      )}
    </>
  );
}
