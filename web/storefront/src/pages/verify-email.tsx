import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function VerifyEmail() {
  return <Heading>{t('verifyEmail.title')}</Heading>;
}
