import { isKontorError } from '@kontor/client';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { passwordField } from '../account/fields.ts';
import { signInPage } from '../account/next-page.ts';
import { useMailLink } from '../account/use-mail-link.ts';
import { ResendButton } from '../account/verify-notice.tsx';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { loadUser, setUser, user } from '../state/user.ts';
import { Button } from '../ui/button.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { Form } from '../ui/form.tsx';
import { Skeleton } from '../ui/loading.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { Heading } from '../ui/title.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoad } from '../ui/use-load.ts';

export default function VerifyEmail() {
  const token = useMailLink();
  return (
    <div class="narrow">
      <Heading>{t('verifyEmail.title')}</Heading>
      {token ? <Verify token={token} /> : <Message>{t('link.missing')}</Message>}
    </div>
  );
}

type State = 'done' | 'invalid' | 'ask';

/** Who is signed in to the account of the link needs nothing more. Everybody else is asked for its password. */
function Verify({ token }: { token: string }) {
  const { data, error, reload, set } = useLoad<State>(async () => {
    if (!(await loadUser())) return 'ask';
    try {
      return await verify(token);
    } catch (thrown) {
      if (isKontorError(thrown, 'link_invalid')) return 'invalid';
      if (isKontorError(thrown, 'wrong_password')) return 'ask';
      throw thrown;
    }
  }, []);
  if (error) return <ErrorView error={error} retry={reload} />;
  if (data === 'done') return <Done />;
  if (data === 'invalid') return <Invalid />;
  if (data === 'ask') return <Ask token={token} onState={set} />;
  return <Skeleton />;
}

/** Without a password an account would start over if another one is signed in. An empty one is wrong for all of them. */
async function verify(token: string, password = ''): Promise<State> {
  await kontor.POST('/api/v1/auth/email/verify', { body: { token, password } });
  if (await kontor.isSignedIn()) setUser((await kontor.GET('/api/v1/users/me')).data);
  return 'done';
}

function Done() {
  return (
    <>
      <Message kind="success">{t('verifyEmail.done')}</Message>
      <p>
        {user.value ? (
          <a href="/account">{t('account.title')}</a>
        ) : (
          <a href={signInPage('/account')}>{t('signIn.button')}</a>
        )}
      </p>
    </>
  );
}

function Invalid() {
  return (
    <Message kind="error">
      <p>{t('verifyEmail.invalid')}</p>
      {user.value && !user.value.emailVerified && <ResendButton user={user.value} />}
      {!user.value && <a href={signInPage('/account')}>{t('verifyEmail.signInFirst')}</a>}
    </Message>
  );
}

function Ask({ token, onState }: { token: string; onState: (state: State) => void }) {
  const { route } = useLocation();
  const [invalid, setInvalid] = useState(false);
  const startOver = useAction(async () => {
    const { data } = await kontor.POST('/api/v1/auth/email/verify', { body: { token } });
    if (data.passwordResetToken) route(`/reset-password?token=${encodeURIComponent(data.passwordResetToken)}`, true);
    else onState('done');
  });
  if (invalid || isKontorError(startOver.error, 'link_invalid')) return <Invalid />;
  return (
    <>
      <p>{t('verifyEmail.text')}</p>
      <Form
        fields={{ password: passwordField() }}
        submit={t('verifyEmail.button')}
        onSubmit={async ({ password }) => {
          try {
            onState(await verify(token, password));
          } catch (error) {
            if (!isKontorError(error, 'link_invalid')) throw error;
            setInvalid(true);
          }
        }}
      />
      <hr />
      <h2>{t('verifyEmail.strangerTitle')}</h2>
      <p>{t('verifyEmail.strangerText')}</p>
      <ErrorMessage error={startOver.error} />
      <Button kind="danger" busy={startOver.busy} onClick={() => startOver.run()}>
        {t('verifyEmail.strangerButton')}
      </Button>
    </>
  );
}
