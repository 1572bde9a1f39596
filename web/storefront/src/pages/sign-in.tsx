import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function SignIn() {
  return <Heading>{t('signIn.title')}</Heading>;
}
