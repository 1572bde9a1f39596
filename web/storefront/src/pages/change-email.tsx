import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function ChangeEmail() {
  return <Heading>{t('changeEmail.title')}</Heading>;
}
