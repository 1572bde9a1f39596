import type { User } from '@kontor/client';
import { signInPage } from '../account/session.ts';
import { VerifyNotice } from '../account/verify-notice.tsx';
import { t } from '../i18n/index.ts';
import { Field } from '../ui/field.tsx';
import { changeDraft, draft } from './state.ts';

export function Contact({ person, error }: { person: User | null; error: string | undefined }) {
  return (
    <section aria-labelledby="contact">
      <h2 id="contact">{t('checkout.contact')}</h2>
      {person ? (
        <>
          <p>{t('checkout.signedInAs', { email: person.email })}</p>
          <VerifyNotice user={person} />
        </>
      ) : (
        <>
          <Field
            label={t('checkout.email')}
            hint={t('checkout.emailHint')}
            type="email"
            required
            maxLength={254}
            autocomplete="email"
            value={draft.value.email}
            error={error}
            onInput={(event) => changeDraft({ email: event.currentTarget.value })}
          />
          <p>
            {t('checkout.haveAccount')} <a href={signInPage('/checkout')}>{t('signIn.button')}</a>
          </p>
        </>
      )}
    </section>
  );
}
