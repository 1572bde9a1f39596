import { isKontorError } from '@kontor/client';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { emailField, newPasswordField } from '../account/fields.ts';
import { nextPage, signInPage } from '../account/next-page.ts';
import { entered } from '../account/session.ts';
import { language, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Form } from '../ui/form.tsx';
import { Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';
import { toast } from '../ui/toast.tsx';

export default function Register() {
  const { query, route } = useLocation();
  const next = nextPage(query['next']);
  const [taken, setTaken] = useState(false);
  return (
    <div class="narrow">
      <Heading>{t('register.title')}</Heading>
      <Form
        fields={{
          name: { label: t('register.name'), required: true, autocomplete: 'name', maxLength: 100 },
          email: emailField(),
          password: newPasswordField(),
        }}
        submit={t('register.button')}
        onSubmit={async (body) => {
          setTaken(false);
          try {
            const { data } = await kontor.POST('/api/v1/auth/register', {
              // Mails are in the language of the pages.
              params: { header: { 'Accept-Language': language.value } },
              body,
            });
            entered(data.user);
            toast(t('register.done', { name: data.user.name, email: data.user.email }));
            route(next, true);
          } catch (error) {
            if (!isKontorError(error, 'email_taken')) throw error;
            setTaken(true);
          }
        }}
      >
        {taken && (
          <Message kind="error">
            <p>{t('register.taken')}</p>
            <p class="row">
              <a href={signInPage(next)}>{t('signIn.button')}</a>
              <a href="/forgot-password">{t('signIn.forgot')}</a>
            </p>
          </Message>
        )}
      </Form>
      <p class="account-links">
        {t('register.have')} <a href={signInPage(next)}>{t('signIn.button')}</a>
      </p>
    </div>
  );
}
