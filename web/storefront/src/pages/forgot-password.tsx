import { useState } from 'preact/hooks';
import { emailField } from '../account/fields.ts';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Form } from '../ui/form.tsx';
import { Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';

export default function ForgotPassword() {
  const [sentTo, setSentTo] = useState('');
  return (
    <div class="narrow">
      <Heading>{t('forgotPassword.title')}</Heading>
      <p>{t('forgotPassword.text')}</p>
      <Form
        fields={{ email: emailField() }}
        submit={t('forgotPassword.button')}
        onSubmit={async ({ email }) => {
          setSentTo('');
          await kontor.POST('/api/v1/auth/password/forgot', { body: { email } });
          setSentTo(email);
        }}
      >
        {sentTo && <Message kind="success">{t('forgotPassword.done', { email: sentTo })}</Message>}
      </Form>
      <p class="account-links">
        <a href="/sign-in">{t('signIn.button')}</a>
      </p>
    </div>
  );
}
