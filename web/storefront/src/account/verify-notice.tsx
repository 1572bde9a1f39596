import type { User } from '@kontor/client';
import { isKontorError } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { setUser } from '../state/user.ts';
import { Button } from '../ui/button.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';

/** Tells somebody whose address is not confirmed, with a way to get another link. */
export function VerifyNotice({ user }: { user: User }) {
  if (user.emailVerified) return null;
  return (
    <Message>
      <p>{t('account.notVerified', { email: user.email })}</p>
      <ResendButton user={user} />
    </Message>
  );
}

export function ResendButton({ user }: { user: User }) {
  const resend = useAction(async () => {
    try {
      await kontor.POST('/api/v1/auth/email/resend');
      toast(t('verifyEmail.resent', { email: user.email }));
    } catch (error) {
      // It was confirmed in another window.
      if (!isKontorError(error, 'already_verified')) throw error;
      setUser((await kontor.GET('/api/v1/users/me')).data);
    }
  });
  return (
    <>
      <Button busy={resend.busy} onClick={() => resend.run()}>
        {t('verifyEmail.resend')}
      </Button>
      <ErrorMessage error={resend.error} />
    </>
  );
}
