import { isKontorError, type OwnReviewBody, type ProductBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso';
import { SignedIn } from '../account/account-page.tsx';
import { signInPage } from '../account/next-page.ts';
import { StarInput } from '../account/star-input.tsx';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { loadUser, user } from '../state/user.ts';
import { AskFirst } from '../ui/ask-first.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Field } from '../ui/field.tsx';
import { focusHeading } from '../ui/focus.ts';
import { Skeleton } from '../ui/loading.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { Pictures } from '../ui/pictures.tsx';
import { Heading } from '../ui/title.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';
import { useFocusInvalid } from '../ui/use-focus-invalid.ts';
import { useLoad } from '../ui/use-load.ts';

/** Signed in, or as the guest who bought it and has the token of the order. */
export default function Review() {
  const { query } = useLocation();
  const slug = useRoute().params['slug'] ?? '';
  const orderId = query['order'];
  const { data, error, reload, set } = useLoad(() => load(slug, orderId), [slug, orderId, user.value?.id]);
  if (error) return <ErrorView page error={error} retry={reload} />;
  if (!data) return <Skeleton lines={8} />;
  const { product, mine } = data;
  const onChange = (changed: OwnReviewBody | null) => set({ product, mine: changed });
  const form = (
    <Form key={mine?.id} product={product} mine={mine} orderId={orderId} onChange={onChange} reload={reload} />
  );
  return (
    <div class="narrow">
      <Heading>{t('review.title', { name: product.name })}</Heading>
      {orderId ? form : <SignedIn>{() => form}</SignedIn>}
      <p class="account-links">
        <a href={`/products/${product.slug}`}>{t('review.toProduct')}</a>
      </p>
    </div>
  );
}

async function load(slug: string, orderId?: string): Promise<{ product: ProductBody; mine: OwnReviewBody | null }> {
  const [{ data: product }, person] = await Promise.all([
    kontor.GET('/api/v1/products/{id}', { params: { path: { id: slug } } }),
    loadUser(),
  ]);
  const isGuest = orderId !== undefined && (await kontor.hasOrderToken(orderId));
  const mine =
    (person && (await findMine(product.id, {}))) ?? (isGuest ? await findMine(product.id, { orderId }) : null);
  return { product, mine };
}

/** The review of a product by whoever is signed in, or by the guest who has the token of this order. */
async function findMine(productId: string, order: { orderId?: string }): Promise<OwnReviewBody | null> {
  try {
    for await (const review of kontor.list('/api/v1/reviews/mine', { params: { query: { limit: 100, ...order } } }))
      if (review.productId === productId) return review;
  } catch (error) {
    // The token has ended.
    if (!isKontorError(error, 'order_not_found')) throw error;
  }
  return null;
}

interface Props {
  product: ProductBody;
  mine: OwnReviewBody | null;
  orderId: string | undefined;
  onChange: (mine: OwnReviewBody | null) => void;
  reload: () => void;
}

function Form({ product, mine, orderId, onChange, reload }: Props) {
  const [stars, setStars] = useState(mine?.stars ?? 0);
  const [title, setTitle] = useState(mine?.title ?? '');
  const [text, setText] = useState(mine?.text ?? '');
  const [name, setName] = useState(mine?.name ?? '');
  const [missing, setMissing] = useState(false);
  const send = useAction(async () => {
    setMissing(stars === 0);
    if (stars === 0) return;
    const words = { stars, title: title.trim() || null, text: text.trim() || null, name: name.trim() || null };
    try {
      const { data } = mine
        ? await kontor.PATCH('/api/v1/reviews/{id}', { params: { path: { id: mine.id } }, body: words })
        : await kontor.POST('/api/v1/reviews', {
            body: { ...words, productId: product.id, ...(orderId && { orderId }) },
          });
      onChange(data);
      toast(t('review.thanks'));
    } catch (error) {
      // It was written in another window: this one shows it.
      if (isKontorError(error, 'already_reviewed')) reload();
      throw error;
    }
  });
  const { url } = useLocation();
  const errors = fieldErrors(send.error);
  const form = useFocusInvalid(send.error);
  return (
    <>
      {!user.value && (
        <p>
          {t('checkout.haveAccount')} <a href={signInPage(url)}>{t('signIn.button')}</a>
        </p>
      )}
      {mine?.state === 'pending' && <Message>{t('review.pending')}</Message>}
      {mine?.state === 'rejected' && (
        <Message kind="error">{t('review.rejected', { reason: mine.reason ?? '' })}</Message>
      )}
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void send.run();
        }}
      >
        <StarInput value={stars} onChange={setStars} />
        {missing && stars === 0 && <Message kind="error">{t('review.starsMissing')}</Message>}
        <Field
          label={t('review.heading')}
          maxLength={120}
          value={title}
          error={errors['title']}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
        <Field
          as="textarea"
          label={t('review.text')}
          rows={6}
          maxLength={2000}
          value={text}
          error={errors['text']}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Field
          label={t('review.name')}
          hint={t('review.nameHint')}
          maxLength={100}
          autocomplete="nickname"
          value={name}
          error={errors['name']}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <ErrorMessage error={send.error} />
        {isKontorError(send.error, 'not_bought') && <p>{t('review.onlyBuyers')}</p>}
        <div class="row">
          <Button kind="primary" type="submit" busy={send.busy}>
            {t(mine ? 'review.change' : 'review.send')}
          </Button>
          {mine && (
            <AskFirst
              kind="danger"
              label={t('review.delete')}
              question={t('review.deleteTitle')}
              action={() => deleteReview(mine.id)}
              onDone={() => {
                toast(t('review.deleted'));
                onChange(null);
                focusHeading();
              }}
            />
          )}
        </div>
      </form>
      {mine && user.value && <ReviewPictures review={mine} onChange={reload} />}
    </>
  );
}

/** It may have been deleted in another window. */
async function deleteReview(id: string): Promise<void> {
  try {
    await kontor.DELETE('/api/v1/reviews/{id}', { params: { path: { id } } });
  } catch (error) {
    if (!isKontorError(error, 'review_not_found')) throw error;
  }
}

/** The pictures of a review. They are added when it is sent. */
function ReviewPictures({ review: { id, images }, onChange }: { review: OwnReviewBody; onChange: () => void }) {
  return (
    <section class="account-links" aria-labelledby="pictures">
      <h2 id="pictures">{t('review.pictures')}</h2>
      <Pictures
        pictures={images}
        hint={t('review.picturesHint')}
        send={(file, how) => kontor.upload(file, { reviewId: id, ...how })}
        remove={(image) => kontor.DELETE('/api/v1/reviews/{id}/images/{image}', { params: { path: { id, image } } })}
        onChange={onChange}
      />
    </section>
  );
}
