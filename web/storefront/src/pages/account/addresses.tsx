import { t } from '../../i18n/index.ts';
import { Heading } from '../../ui/title.tsx';

export default function Addresses() {
  return <Heading>{t('account.addresses')}</Heading>;
}
