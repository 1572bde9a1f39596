import { t } from '../../i18n/index.ts';
import { Heading } from '../../ui/title.tsx';

export default function Preferences() {
  return <Heading>{t('account.preferences')}</Heading>;
}
