import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function ResetPassword() {
  return <Heading>{t('resetPassword.title')}</Heading>;
}
