import type { ReportedReviewBody } from '@kontor/client';
import { Button, Stack } from '@mui/material';
import { useState } from 'react';
import { ListButton, required, Show, TextInput, TopToolbar, useRecordContext } from 'react-admin';
import { Link } from 'react-router';

import { ProductName } from '../products/name.tsx';
import { kontor } from '../shop.ts';
import { ActionButton } from '../ui/action.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { Fact, Section } from '../ui/page.tsx';
import { Status } from '../ui/status.tsx';
import { Time } from '../ui/time.tsx';
import { WHOLE } from '../ui/whole.ts';

type Review = ReportedReviewBody & { etag?: string };

export default function ReviewShow() {
  return (
    <Show queryOptions={{ meta: WHOLE }} component="div" actions={<Actions />} title={<Title />}>
      <WholeReview />
    </Show>
  );
}

function Title() {
  return <span>{useRecordContext<Review>()?.title ?? 'Review'}</span>;
}

function WholeReview() {
  const review = useRecordContext<Review>();
  if (!review) return null;
  return (
    <Stack spacing={2}>
      <Section title={`${review.stars} of 5 stars`}>
        <Fact name="State">
          <Status value={review.state} />
        </Fact>
        <Fact name="By">
          {review.userId ? (
            <Link to={`/customers/${review.userId}/show`}>{review.name ?? 'A customer'}</Link>
          ) : (
            (review.name ?? 'A guest')
          )}
        </Fact>
        <Fact name="Product">
          <ProductName link />
        </Fact>
        <Fact name="Order">
          <Link to={`/orders/${review.orderId}/show`}>Open the order</Link>
        </Fact>
        <Fact name="Written">
          <Time of={review.createdAt} />
        </Fact>
        <h3>{review.title}</h3>
        <p>{review.text}</p>
        {review.images.map((image) => (
          <img key={image.id} src={image.urls.medium} alt={image.alt} width={200} />
        ))}
        {review.reason && <Fact name="Why it was rejected">{review.reason}</Fact>}
      </Section>
      {review.answer && (
        <Section title="Answer of the shop">
          <p>{review.answer.text}</p>
        </Section>
      )}
      {review.reported.length > 0 && (
        <Section title="Reports">
          {review.reported.map(({ userId, reason, at }) => (
            <Fact key={userId} name={reason}>
              <Link to={`/customers/${userId}/show`}>A customer</Link>, <Time of={at} />
            </Fact>
          ))}
        </Section>
      )}
    </Stack>
  );
}

function Actions() {
  const review = useRecordContext<Review>();
  const [open, setOpen] = useState<'reject' | 'answer' | null>(null);
  if (!review) return null;
  // What was not read must not be approved: the writer may have changed it meanwhile.
  const params = { path: { id: review.id }, header: { 'If-Match': review.etag ?? '*' } };
  return (
    <TopToolbar sx={{ flexWrap: 'wrap' }}>
      <ListButton />
      {(review.state !== 'approved' || review.reports > 0) && (
        <ActionButton
          variant="contained"
          act={() => kontor.POST('/api/v1/admin/reviews/{id}/approve', { params })}
          done="The review is approved."
        >
          Approve
        </ActionButton>
      )}
      {review.state !== 'rejected' && (
        <Button size="small" color="error" onClick={() => setOpen('reject')}>
          Reject
        </Button>
      )}
      <Button size="small" onClick={() => setOpen('answer')}>
        {review.answer ? 'Change the answer' : 'Answer'}
      </Button>
      {review.answer && (
        <ActionButton
          act={() => kontor.DELETE('/api/v1/admin/reviews/{id}/answer', { params })}
          done="The answer was removed."
        >
          Remove the answer
        </ActionButton>
      )}
      {open === 'reject' && (
        <FormDialog<{ reason: string }>
          title="Reject the review"
          submit="Reject"
          done="The review is rejected."
          act={(body) => kontor.POST('/api/v1/admin/reviews/{id}/reject', { params, body })}
          onClose={() => setOpen(null)}
        >
          <TextInput source="reason" helperText="The writer reads it." multiline validate={required()} autoFocus />
        </FormDialog>
      )}
      {open === 'answer' && (
        <FormDialog<{ text: string }>
          title="Answer in public"
          submit="Publish"
          done="The answer is published."
          values={{ text: review.answer?.text ?? '' }}
          act={(body) => kontor.PUT('/api/v1/admin/reviews/{id}/answer', { params, body })}
          onClose={() => setOpen(null)}
        >
          <TextInput source="text" label="Answer" multiline minRows={4} validate={required()} autoFocus />
        </FormDialog>
      )}
    </TopToolbar>
  );
}
