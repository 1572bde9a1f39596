import { t } from '../../i18n/index.ts';
import { Heading } from '../../ui/title.tsx';

export default function Account() {
  return <Heading>{t('account.title')}</Heading>;
}
