import { isKontorError, type TwoFactorSetupBody, type User } from '@kontor/client';
import { useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { setUser } from '../state/user.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Form } from '../ui/form.tsx';
import { Message } from '../ui/message.tsx';
import { saveFile } from '../ui/save-file.ts';
import { toast } from '../ui/toast.tsx';
import { codeField, passwordField } from './fields.ts';

type Step = 'on' | 'off' | 'codes' | null;

/** Two-factor sign-in: turning it on and off, and its recovery codes. */
export function TwoFactor({ user }: { user: User }) {
  const [step, setStep] = useState<Step>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const on = user.twoFactorEnabled;
  const close = () => {
    setStep(null);
    if (codes) void refresh();
    setCodes(null);
  };
  return (
    <section aria-labelledby="two-factor">
      <h2 id="two-factor">{t('security.twoFactor')}</h2>
      <p>{t('security.twoFactorText')}</p>
      <p>
        <strong>{t(on ? 'security.twoFactorOn' : 'security.twoFactorOff')}</strong>
      </p>
      {!on && !user.emailVerified && <Message>{t('security.twoFactorVerify')}</Message>}
      <div class="row">
        {!on && user.emailVerified && <Button onClick={() => setStep('on')}>{t('security.turnOn')}</Button>}
        {on && <Button onClick={() => setStep('codes')}>{t('security.newCodes')}</Button>}
        {on && (
          <Button kind="danger" onClick={() => setStep('off')}>
            {t('security.turnOff')}
          </Button>
        )}
      </div>
      <Dialog title={t(codes ? 'security.codesTitle' : 'security.twoFactor')} open={step !== null} onClose={close}>
        {codes && <Codes codes={codes} onSaved={close} />}
        {!codes && step === 'on' && <TurnOn onCodes={setCodes} />}
        {!codes && step === 'codes' && (
          <PasswordAndCode
            submit={t('security.newCodes')}
            onSubmit={async (body) => {
              const { data } = await kontor.POST('/api/v1/auth/2fa/recovery-codes', { body });
              setCodes(data.recoveryCodes);
            }}
          />
        )}
        {step === 'off' && (
          <PasswordAndCode
            submit={t('security.turnOff')}
            onSubmit={async (body) => {
              await kontor.POST('/api/v1/auth/2fa/disable', { body });
              await refresh();
              setStep(null);
              toast(t('security.turnedOff'));
            }}
          />
        )}
      </Dialog>
    </section>
  );
}

async function refresh(): Promise<void> {
  setUser((await kontor.GET('/api/v1/users/me')).data);
}

interface PasswordAndCodeProps {
  submit: string;
  onSubmit: (body: { password: string; code: string }) => Promise<void>;
}

function PasswordAndCode({ submit, onSubmit }: PasswordAndCodeProps) {
  return (
    <Form
      fields={{
        password: { ...passwordField(), label: t('security.yourPassword') },
        code: codeField(t('security.codeOrRecovery')),
      }}
      submit={submit}
      onSubmit={onSubmit}
    />
  );
}

function TurnOn({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const [setup, setSetup] = useState<TwoFactorSetupBody | null>(null);
  if (!setup)
    return (
      <Form
        key="password"
        fields={{ password: { ...passwordField(), label: t('security.yourPassword') } }}
        submit={t('security.continue')}
        onSubmit={async (body) => {
          setSetup((await kontor.POST('/api/v1/auth/2fa/setup', { body })).data);
        }}
      />
    );
  return (
    <>
      <p>{t('security.scan')}</p>
      <img class="qr" src={setup.qrCode} alt={t('security.qr')} width="208" height="208" />
      <p>
        <a href={setup.otpauthUrl}>{t('security.openApp')}</a>
      </p>
      <p>
        {t('security.secret')} <span class="secret">{setup.secret}</span>
      </p>
      <Form
        key="code"
        fields={{ code: codeField(t('security.code')) }}
        submit={t('security.turnOn')}
        onSubmit={async (body) => {
          try {
            onCodes((await kontor.POST('/api/v1/auth/2fa/enable', { body })).data.recoveryCodes);
          } catch (error) {
            if (isKontorError(error, 'two_factor_not_set_up')) setSetup(null);
            throw error;
          }
        }}
      />
    </>
  );
}

function Codes({ codes, onSaved }: { codes: string[]; onSaved: () => void }) {
  return (
    <>
      <p>{t('security.codesText')}</p>
      <ul class="codes plain">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div class="row card-actions">
        <Button onClick={() => saveFile('recovery-codes.txt', `${codes.join('\n')}\n`, 'text/plain')}>
          {t('security.download')}
        </Button>
        <Button kind="primary" onClick={onSaved}>
          {t('security.codesSaved')}
        </Button>
      </div>
    </>
  );
}
