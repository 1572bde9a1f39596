import type { ProductBody } from '@kontor/client';
import LeftIcon from '@mui/icons-material/ArrowBack';
import RightIcon from '@mui/icons-material/ArrowForward';
import DeleteIcon from '@mui/icons-material/Delete';
import { Button, Card, CardMedia, IconButton, MenuItem, Stack, TextField } from '@mui/material';
import { useState } from 'react';
import { Confirm, useRecordContext, useRefresh } from 'react-admin';

import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { Section } from '../ui/page.tsx';
import { DropZone, PICTURES, useUpload } from '../ui/upload.tsx';
import { type Shown, withDrafts } from './drafts.ts';

/** The pictures of a product: dropped here, sorted, with a text each and what they show. */
export function Pictures() {
  const product = useRecordContext<ProductBody & { etag?: string }>();
  const refresh = useRefresh();
  const [drafts, setDrafts] = useState<Shown[]>([]);
  const [deleting, setDeleting] = useState<string | null>(null);
  const images = withDrafts(product?.images ?? [], drafts);
  const id = product?.id ?? '';
  const upload = useUpload(
    (file) => ({ for: 'picture', productId: id, contentType: file.type as 'image/png', alt: product?.name ?? null }),
    refresh,
  );
  const save = useAction(
    () =>
      kontor.PUT('/api/v1/products/{id}/images', {
        params: { path: { id }, header: { 'If-Match': product?.etag } },
        body: { images: images.map(({ id, alt, shows }) => ({ id, alt, shows })) },
      }),
    { done: 'The pictures were saved.', onDone: () => setDrafts([]) },
  );
  const remove = useAction(
    (image: string) => kontor.DELETE('/api/v1/products/{id}/images/{image}', { params: { path: { id, image } } }),
    { done: 'The picture was deleted.' },
  );
  if (!product) return null;
  const values = optionValues(product);
  const isChanged = JSON.stringify(images) !== JSON.stringify(product.images);
  const change = (index: number, to: Partial<Shown>) =>
    setDrafts(images.with(index, { ...(images[index] as Shown), ...to }));
  const move = (index: number, by: number) => setDrafts(swapped(images, index, index + by));

  return (
    <Section
      title="Pictures"
      actions={
        <Button size="small" variant="contained" disabled={!isChanged || save.busy} onClick={() => save.run(undefined)}>
          Save the pictures
        </Button>
      }
    >
      <Stack direction="row" useFlexGap spacing={2} sx={{ flexWrap: 'wrap', mb: 2 }}>
        {images.map((image, index) => (
          <Card key={image.id} variant="outlined" sx={{ width: 200, p: 1 }}>
            <CardMedia
              component="img"
              image={image.urls.small}
              alt={image.alt}
              sx={{ height: 140, objectFit: 'contain' }}
            />
            <TextField
              label="Text"
              helperText="For people who cannot see it."
              value={image.alt}
              onChange={({ target }) => change(index, { alt: target.value })}
            />
            {values.length > 0 && (
              <TextField
                select
                label="Shows"
                value={image.shows ? JSON.stringify(image.shows) : ''}
                onChange={({ target }) => change(index, { shows: target.value ? JSON.parse(target.value) : null })}
              >
                <MenuItem value="">All variants</MenuItem>
                {values.map(({ option, value }) => (
                  <MenuItem key={`${option} ${value}`} value={JSON.stringify({ option, value })}>
                    {option}: {value}
                  </MenuItem>
                ))}
              </TextField>
            )}
            <IconButton aria-label="Move to the left" disabled={index === 0} onClick={() => move(index, -1)}>
              <LeftIcon />
            </IconButton>
            <IconButton
              aria-label="Move to the right"
              disabled={index === images.length - 1}
              onClick={() => move(index, 1)}
            >
              <RightIcon />
            </IconButton>
            <IconButton aria-label="Delete the picture" disabled={remove.busy} onClick={() => setDeleting(image.id)}>
              <DeleteIcon />
            </IconButton>
          </Card>
        ))}
      </Stack>
      <Confirm
        isOpen={deleting !== null}
        title="Delete the picture?"
        content="Customers do not see it any more."
        onConfirm={() => {
          setDeleting(null);
          if (deleting) void remove.run(deleting);
        }}
        onClose={() => setDeleting(null)}
      />
      <DropZone accept={PICTURES} label="Add pictures, or drop them here" multiple {...upload} />
    </Section>
  );
}

function optionValues({ options, variants }: ProductBody) {
  return options.flatMap((option) => {
    const values = new Set(variants.map(({ options: of }) => of[option]).filter((value) => value !== undefined));
    return [...values].map((value) => ({ option, value }));
  });
}

function swapped<T>(list: T[], a: number, b: number): T[] {
  return list.with(a, list[b] as T).with(b, list[a] as T);
}
