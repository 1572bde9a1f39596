import { isKontorError } from '@kontor/client';
import { signInPage } from '../account/next-page.ts';
import { SignInForm } from '../account/sign-in-form.tsx';
import { useMailLink } from '../account/use-mail-link.ts';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { loadUser, setUser } from '../state/user.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Skeleton } from '../ui/loading.tsx';
import { Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';
import { useLoad } from '../ui/use-load.ts';

export default function ChangeEmail() {
  const token = useMailLink();
  return (
    <div class="narrow">
      <Heading>{t('changeEmail.title')}</Heading>
      {token ? <Change token={token} /> : <Message>{t('link.missing')}</Message>}
    </div>
  );
}

type State = { email: string } | 'sign-in' | 'invalid';

/** Only the account that asked can follow the link, so whoever is not signed in does that first. */
function Change({ token }: { token: string }) {
  const { data, error, reload } = useLoad<State>(async () => {
    if (!(await loadUser())) return 'sign-in';
    try {
      const { data: changed } = await kontor.POST('/api/v1/users/me/email/confirm', { body: { token } });
      setUser(changed);
      return { email: changed.email };
    } catch (thrown) {
      if (isKontorError(thrown, 'link_invalid')) return 'invalid';
      throw thrown;
    }
  }, []);
  if (error) return <ErrorView error={error} retry={reload} />;
  if (data === 'sign-in')
    return (
      <>
        <p>{t('changeEmail.signIn')}</p>
        <SignInForm onDone={reload} />
      </>
    );
  if (data === 'invalid')
    return (
      <Message kind="error">
        <p>{t('changeEmail.invalid')}</p>
        <a href={signInPage('/account/security')}>{t('account.security')}</a>
      </Message>
    );
  if (!data) return <Skeleton />;
  return (
    <>
      <Message kind="success">{t('changeEmail.done', { email: data.email })}</Message>
      <a href="/account">{t('account.title')}</a>
    </>
  );
}
