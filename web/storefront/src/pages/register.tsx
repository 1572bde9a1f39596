import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Register() {
  return <Heading>{t('register.title')}</Heading>;
}
