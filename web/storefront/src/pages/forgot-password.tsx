import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function ForgotPassword() {
  return <Heading>{t('forgotPassword.title')}</Heading>;
}
