import { t } from '../../i18n/index.ts';
import { Heading } from '../../ui/title.tsx';

export default function Security() {
  return <Heading>{t('account.security')}</Heading>;
}
