import type { User } from '@kontor/client';
import { AccountPage } from '../../account/account-page.tsx';
import { OrderRow } from '../../account/order-row.tsx';
import { saveProfile } from '../../account/save-profile.ts';
import { leave } from '../../account/session.ts';
import { VerifyNotice } from '../../account/verify-notice.tsx';
import { t } from '../../i18n/index.ts';
import { kontor } from '../../shop.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorView } from '../../ui/error-view.tsx';
import { errorText } from '../../ui/errors.ts';
import { Form } from '../../ui/form.tsx';
import { Skeleton } from '../../ui/loading.tsx';
import { Message } from '../../ui/message.tsx';
import { toast } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLoad } from '../../ui/use-load.ts';

const SHOWN = 3;

export default function Account() {
  return (
    <AccountPage title={t('account.title')}>
      {(user) => (
        <>
          <p>{t('account.hello', { name: user.name })}</p>
          <VerifyNotice user={user} />
          {user.emailUndeliverable && (
            <Message kind="error">
              <p>{t('account.undeliverable', { email: user.email })}</p>
              <a href="/account/security">{t('security.changeEmail')}</a>
            </Message>
          )}
          <RecentOrders />
          <Profile key={user.name} user={user} />
          <SignOut />
        </>
      )}
    </AccountPage>
  );
}

function RecentOrders() {
  const { data, error, reload } = useLoad(
    async (signal) => (await kontor.GET('/api/v1/orders', { params: { query: { limit: SHOWN } }, signal })).data,
    [],
  );
  return (
    <section aria-labelledby="recent">
      <h2 id="recent">{t('orders.recent')}</h2>
      {error ? <ErrorView error={error} retry={reload} /> : null}
      {!data && !error && <Skeleton />}
      {data?.length === 0 && <p>{t('orders.empty')}</p>}
      <ul class="plain">
        {data?.map((order) => (
          <OrderRow key={order.id} order={order} heading="h3" />
        ))}
      </ul>
      {data?.length === SHOWN && (
        <p class="account-links">
          <a href="/account/orders">{t('orders.all')}</a>
        </p>
      )}
    </section>
  );
}

function Profile({ user }: { user: User }) {
  return (
    <section aria-labelledby="profile">
      <h2 id="profile">{t('account.profile')}</h2>
      <Form
        kind="secondary"
        fields={{ name: { label: t('account.name'), required: true, autocomplete: 'name', maxLength: 100 } }}
        initial={{ name: user.name }}
        submit={t('button.save')}
        onSubmit={async ({ name }) => {
          await saveProfile({ name });
          toast(t('account.saved'));
        }}
      />
    </section>
  );
}

function SignOut() {
  const signOut = useAction(async () => {
    await leave();
    toast(t('account.signedOut'));
  });
  return (
    <>
      <Button busy={signOut.busy} onClick={() => signOut.run()}>
        {t('account.signOut')}
      </Button>
      {signOut.error ? (
        <Message kind="error">
          {errorText(signOut.error)} {t('account.stillSignedIn')}
        </Message>
      ) : null}
    </>
  );
}
