import { isKontorError } from '@kontor/client';
import { useState } from 'preact/hooks';
import { newPasswordField } from '../account/fields.ts';
import { leave } from '../account/session.ts';
import { useMailLink } from '../account/use-mail-link.ts';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Form } from '../ui/form.tsx';
import { Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';

export default function ResetPassword() {
  const token = useMailLink();
  const [state, setState] = useState<'ask' | 'done' | 'invalid'>('ask');
  return (
    <div class="narrow">
      <Heading>{t('resetPassword.title')}</Heading>
      {!token && <Message>{t('link.missing')}</Message>}
      {token && state === 'ask' && (
        <Form
          fields={{ password: newPasswordField(t('resetPassword.password')) }}
          submit={t('resetPassword.button')}
          onSubmit={async ({ password }) => {
            try {
              await kontor.POST('/api/v1/auth/password/reset', { body: { token, password } });
              // All sessions of the account have ended, and this one may be of them.
              await leave().catch(() => {});
              setState('done');
            } catch (error) {
              if (!isKontorError(error, 'link_invalid')) throw error;
              setState('invalid');
            }
          }}
        />
      )}
      {state === 'done' && (
        <>
          <Message kind="success">{t('resetPassword.done')}</Message>
          <a class="button primary" href="/sign-in">
            {t('signIn.button')}
          </a>
        </>
      )}
      {state === 'invalid' && (
        <Message kind="error">
          <p>{t('resetPassword.invalid')}</p>
          <a href="/forgot-password">{t('forgotPassword.button')}</a>
        </Message>
      )}
    </div>
  );
}
