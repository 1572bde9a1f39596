import type { User } from '@kontor/client';
import { useState } from 'preact/hooks';
import { AccountPage } from '../../account/account-page.tsx';
import { DeleteAccount } from '../../account/delete-account.tsx';
import { codeField, emailField, newPasswordField, passwordField } from '../../account/fields.ts';
import { Sessions } from '../../account/sessions.tsx';
import { TwoFactor } from '../../account/two-factor.tsx';
import { t } from '../../i18n/index.ts';
import { kontor } from '../../shop.ts';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { ErrorMessage } from '../../ui/message.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { toast } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';

export default function Security() {
  return (
    <AccountPage title={t('account.security')}>
      {(user) => (
        <>
          <Password user={user} />
          <TwoFactor user={user} />
          <Email user={user} />
          <Sessions />
          <Export />
          <DeleteAccount />
        </>
      )}
    </AccountPage>
  );
}

function Password({ user }: { user: User }) {
  const [turn, setTurn] = useState(0);
  return (
    <section aria-labelledby="password">
      <h2 id="password">{t('security.password')}</h2>
      <Form
        key={turn}
        kind="secondary"
        fields={{
          currentPassword: { ...passwordField(), label: t('security.oldPassword') },
          newPassword: newPasswordField(t('security.newPassword')),
        }}
        submit={t('security.changePassword')}
        onSubmit={async (body) => {
          await kontor.POST('/api/v1/auth/password/change', { body });
          toast(t('security.passwordChanged'));
          setTurn(turn + 1);
        }}
      >
        {/* Password managers look for it. */}
        <input
          class="visually-hidden"
          type="email"
          autocomplete="username"
          value={user.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
      </Form>
    </section>
  );
}

function Email({ user }: { user: User }) {
  const [turn, setTurn] = useState(0);
  return (
    <section aria-labelledby="email">
      <h2 id="email">{t('security.email')}</h2>
      <p>{t('security.emailNow', { email: user.email })}</p>
      <Form
        key={turn}
        kind="secondary"
        fields={{
          email: { ...emailField(), label: t('security.newEmail'), autocomplete: 'email' },
          password: { ...passwordField(), label: t('security.yourPassword') },
          ...(user.twoFactorEnabled && { code: codeField(t('security.code')) }),
        }}
        submit={t('security.changeEmail')}
        onSubmit={async ({ email, password, code }) => {
          await kontor.POST('/api/v1/users/me/email', { body: { email, password, code: code || null } });
          toast(t('security.emailSent', { email }));
          setTurn(turn + 1);
        }}
      />
    </section>
  );
}

function Export() {
  const load = useAction(async () => {
    const { data } = await kontor.GET('/api/v1/users/me/export');
    saveFile('my-data.json', JSON.stringify(data, null, 2), 'application/json');
    toast(t('security.exported'));
  });
  return (
    <section aria-labelledby="export">
      <h2 id="export">{t('security.export')}</h2>
      <p>{t('security.exportText')}</p>
      <ErrorMessage error={load.error} />
      <Button busy={load.busy} onClick={() => load.run()}>
        {t('security.exportButton')}
      </Button>
    </section>
  );
}
