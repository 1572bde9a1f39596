import type { ProfileInput, User } from '@kontor/client';
import { useRef, useState } from 'preact/hooks';
import { AccountPage } from '../../account/account-page.tsx';
import { saveProfile } from '../../account/save-profile.ts';
import { t } from '../../i18n/index.ts';
import { loadShop } from '../../state/shop.ts';
import { Checkbox, Field } from '../../ui/field.tsx';
import { ErrorMessage } from '../../ui/message.tsx';
import { toast } from '../../ui/toast.tsx';
import { useLoad } from '../../ui/use-load.ts';

export default function Preferences() {
  return <AccountPage title={t('account.preferences')}>{(user) => <Choices user={user} />}</AccountPage>;
}

const MAILS = ['orders', 'stock', 'reviews', 'carts', 'news', 'account'] as const;
const NOTICES = ['lowStock', 'failedPayments', 'orders'] as const;
const noticeText = { lowStock: 'lowStock', failedPayments: 'failedPayments', orders: 'staffOrders' } as const;

function Choices({ user }: { user: User }) {
  const { data: shop } = useLoad(loadShop, []);
  const { chosen, choose, error } = useChoices(user);
  const { language, preferences, notices } = chosen;
  return (
    <>
      <ErrorMessage error={error} />
      <Field
        as="select"
        label={t('preferences.language')}
        value={language ?? ''}
        onChange={({ currentTarget }) => choose({ language: (currentTarget.value || null) as 'de' | 'en' | null })}
      >
        <option value="">{t('preferences.languageShop')}</option>
        <option value="en" lang="en">
          English
        </option>
        <option value="de" lang="de">
          Deutsch
        </option>
      </Field>
      <fieldset>
        <legend>{t('preferences.mails')}</legend>
        {MAILS.filter((name) => name !== 'carts' || shop?.cartReminders).map((name) => (
          <Checkbox
            key={name}
            label={t(`preferences.${name}`)}
            hint={name === 'orders' || name === 'account' ? t(`preferences.${name}.hint`) : undefined}
            checked={preferences[name]}
            onChange={({ currentTarget }) => choose({ preferences: { [name]: currentTarget.checked } })}
          />
        ))}
      </fieldset>
      {notices && (
        <fieldset>
          <legend>{t('preferences.staff')}</legend>
          {NOTICES.map((name) => (
            <Checkbox
              key={name}
              label={t(`preferences.${noticeText[name]}`)}
              checked={notices[name]}
              onChange={({ currentTarget }) => choose({ notices: { [name]: currentTarget.checked } })}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}

/** Each choice is shown at once and saved in its turn. If it was refused, the page shows what is so. */
function useChoices(user: User) {
  const [unsaved, setUnsaved] = useState<ProfileInput[]>([]);
  const [error, setError] = useState<unknown>(null);
  const saving = useRef(Promise.resolve());
  const choose = (change: ProfileInput) => {
    setError(null);
    setUnsaved((before) => [...before, change]);
    saving.current = saving.current
      .then(() => saveProfile(change))
      .then(() => toast(t('account.saved')), setError)
      .then(() => setUnsaved((before) => before.filter((other) => other !== change)));
  };
  return { chosen: unsaved.reduce(merged, user), choose, error };
}

function merged(user: User, { language, preferences, notices }: ProfileInput): User {
  return {
    ...user,
    language: language === undefined ? user.language : language,
    preferences: { ...user.preferences, ...(preferences as Partial<User['preferences']>) },
    notices: user.notices && { ...user.notices, ...(notices as Partial<NonNullable<User['notices']>>) },
  };
}
