import { isKontorError, type User } from '@kontor/client';
import { useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { Form } from '../ui/form.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { codeField, emailField, passwordField } from './fields.ts';
import { entered } from './session.ts';

type SecondStep = (code: string) => Promise<User>;

/** Address and password, and then the code if the account has two-factor sign-in. */
export function SignInForm({ onDone }: { onDone: (user: User) => void }) {
  const [secondStep, setSecondStep] = useState<{ run: SecondStep } | null>(null);
  const [late, setLate] = useState<unknown>(null);
  const done = (user: User) => {
    entered(user);
    onDone(user);
  };
  if (secondStep)
    return (
      <>
        <h2>{t('signIn.codeTitle')}</h2>
        <Form
          key="code"
          fields={{ code: codeField(undefined, t('signIn.codeHint')) }}
          submit={t('signIn.codeButton')}
          onSubmit={async ({ code }) => {
            try {
              done(await secondStep.run(code));
            } catch (error) {
              if (!isKontorError(error, 'challenge_expired')) throw error;
              setLate(error);
              setSecondStep(null);
            }
          }}
        />
        <Button kind="quiet" onClick={() => setSecondStep(null)}>
          {t('signIn.again')}
        </Button>
      </>
    );
  return (
    <>
      <ErrorMessage error={late} />
      <Form
        key="password"
        fields={{ email: emailField(), password: passwordField() }}
        submit={t('signIn.button')}
        onSubmit={async ({ email, password }) => {
          setLate(null);
          const answer = await kontor.signIn(email, password);
          if (answer.user) done(answer.user);
          else setSecondStep({ run: answer.secondStep });
        }}
      />
    </>
  );
}
