import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Form } from '../ui/form.tsx';
import { toast } from '../ui/toast.tsx';
import { passwordField } from './fields.ts';
import { leave } from './session.ts';

export function DeleteAccount() {
  const { route } = useLocation();
  const [open, setOpen] = useState(false);
  return (
    <section aria-labelledby="delete">
      <h2 id="delete">{t('security.delete')}</h2>
      <p>{t('security.deleteText')}</p>
      <Button kind="danger" onClick={() => setOpen(true)}>
        {t('security.deleteButton')}
      </Button>
      <Dialog title={t('security.delete')} open={open} onClose={() => setOpen(false)}>
        <p>{t('security.deleteText')}</p>
        <Form
          kind="danger"
          fields={{ password: { ...passwordField(), label: t('security.yourPassword') } }}
          submit={t('security.deleteYes')}
          onSubmit={async ({ password }) => {
            await kontor.DELETE('/api/v1/users/me', { body: { password } });
            route('/');
            await leave().catch(() => {});
            toast(t('security.deleted'));
          }}
        />
      </Dialog>
    </section>
  );
}
