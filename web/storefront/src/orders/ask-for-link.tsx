import { useState } from 'preact/hooks';
import { signInPage } from '../account/session.ts';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { user } from '../state/user.ts';
import { Button } from '../ui/button.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Field } from '../ui/field.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';
import { useAction } from '../ui/use-action.ts';

/** In place of an order that this browser may not see: whoever placed it gets a new link. */
export function AskForLink({ id }: { id: string }) {
  const [email, setEmail] = useState('');
  const [sentTo, setSentTo] = useState('');
  const ask = useAction(async () => {
    await kontor.POST('/api/v1/orders/{id}/link', { params: { path: { id } }, body: { email: email.trim() } });
    setSentTo(email.trim());
  });
  const wrong = fieldErrors(ask.error)['email'];
  return (
    <div class="narrow">
      <Heading>{t('order.notFound')}</Heading>
      <p>{t('order.notFoundText')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask.run();
        }}
      >
        <p>{t('order.askLink')}</p>
        <Field
          label={t('checkout.email')}
          type="email"
          required
          autocomplete="email"
          maxLength={254}
          value={email}
          error={wrong}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        {!wrong && <ErrorMessage error={ask.error} />}
        {sentTo && <Message kind="success">{t('order.linkSent', { email: sentTo })}</Message>}
        <Button kind="primary" type="submit" busy={ask.busy}>
          {t('order.sendLink')}
        </Button>
      </form>
      {!user.value && (
        <p class="hint">
          {t('order.orSignIn')} <a href={signInPage(`/orders/${id}`)}>{t('signIn.button')}</a>
        </p>
      )}
    </div>
  );
}
