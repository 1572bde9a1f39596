import { t } from '../i18n/index.ts';
import type { FormField } from '../ui/form.tsx';

/** The fields that several forms about accounts have. */
export const emailField = (): FormField => ({
  label: t('signIn.email'),
  type: 'email',
  required: true,
  autocomplete: 'username',
  maxLength: 254,
});

export const passwordField = (): FormField => ({
  label: t('signIn.password'),
  type: 'password',
  required: true,
  autocomplete: 'current-password',
  maxLength: 128,
});

export const newPasswordField = (label = t('signIn.password')): FormField => ({
  label,
  hint: t('register.passwordHint'),
  type: 'password',
  required: true,
  autocomplete: 'new-password',
  minLength: 8,
  maxLength: 128,
});

export const codeField = (label = t('signIn.code'), hint?: string): FormField => ({
  label,
  ...(hint && { hint }),
  required: true,
  autocomplete: 'one-time-code',
  maxLength: 32,
});
