import { t } from '../../i18n/index.ts';
import { Heading } from '../../ui/title.tsx';

export default function Orders() {
  return <Heading>{t('account.orders')}</Heading>;
}
