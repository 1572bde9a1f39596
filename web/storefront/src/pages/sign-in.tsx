import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { nextPage } from '../account/next-page.ts';
import { SignInForm } from '../account/sign-in-form.tsx';
import { t } from '../i18n/index.ts';
import { sessionEnded, user } from '../state/user.ts';
import { Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';

export default function SignIn() {
  const { query, route } = useLocation();
  const next = nextPage(query['next']);
  const ended = query['ended'] === '1';
  const signedIn = Boolean(user.value);
  // Also for whoever signed in in another window.
  useEffect(() => {
    if (signedIn) route(next, true);
  }, [signedIn]);
  useEffect(() => {
    // It was told. Whoever goes on without signing in is a guest.
    sessionEnded.value = false;
  }, []);
  return (
    <div class="narrow">
      <Heading>{t('signIn.title')}</Heading>
      {ended && <Message>{t(next === '/checkout' ? 'checkout.sessionEnded' : 'signIn.ended')}</Message>}
      <SignInForm onDone={() => {}} />
      <p class="account-links">
        <a href="/forgot-password">{t('signIn.forgot')}</a>
      </p>
      <p>
        {t('signIn.new')} <a href={`/register?next=${encodeURIComponent(next)}`}>{t('signIn.register')}</a>
      </p>
    </div>
  );
}
