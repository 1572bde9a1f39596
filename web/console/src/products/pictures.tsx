import type { ProductBody } from '@kontor/client';
import LeftIcon from '@mui/icons-material/ArrowBack';
import RightIcon from '@mui/icons-material/ArrowForward';
import DeleteIcon from '@mui/icons-material/Delete';
import { Button, Card, CardMedia, IconButton, MenuItem, Stack, TextField } from '@mui/material';
import { useId, useState } from 'react';
import { Confirm, useRecordContext, useRefresh } from 'react-admin';

import { errorsOf, reasonOf, refusalAt } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { useUnsaved } from '../ui/leave.tsx';
import { Section } from '../ui/page.tsx';
import { useTellError } from '../ui/tell-error.ts';
import { DropZone, PICTURES, useUpload } from '../ui/upload.tsx';
import { edited, isOvertaken, NO_DRAFTS, type Shown, withDrafts } from './drafts.ts';

/** The pictures of a product: dropped here, sorted, with a text each and what they show. */
export function Pictures() {
  const product = useRecordContext<ProductBody & { etag?: string }>();
  const refresh = useRefresh();
  const tellError = useTellError();
  const [drafts, setDrafts] = useState(NO_DRAFTS);
  const [refused, setRefused] = useState<Record<string, string>>({});
  const [deleting, setDeleting] = useState<string | null>(null);
  const saved = product?.images ?? [];
  const images = withDrafts(saved, drafts);
  const isChanged = JSON.stringify(images) !== JSON.stringify(saved);
  useUnsaved(useId(), isChanged);
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
    { done: 'The pictures were saved.', onDone: () => setDrafts(NO_DRAFTS) },
  );
  const remove = useAction(
    (image: string) => kontor.DELETE('/api/v1/products/{id}/images/{image}', { params: { path: { id, image } } }),
    { done: 'The picture was deleted.', onDone: () => setRefused({}) },
  );
  if (!product) return null;

  async function onSave() {
    const error = await save.run(undefined, { quiet: true });
    setRefused(errorsOf(error));
    if (error) tellError(reasonOf(error));
  }

  function move(index: number, by: number) {
    const order = images.map((image) => image.id);
    setRefused({});
    setDrafts({ ...drafts, order: swapped(order, index, index + by) });
  }

  return (
    <Section
      title="Pictures"
      actions={
        <Button size="small" variant="contained" disabled={!isChanged || save.busy} onClick={onSave}>
          Save the pictures
        </Button>
      }
    >
      <Stack direction="row" useFlexGap spacing={2} sx={{ flexWrap: 'wrap', mb: 2 }}>
        {images.map((image, index) => {
          const now = saved.find((one) => one.id === image.id) ?? image;
          const problem = (field: 'alt' | 'shows') =>
            refusalAt(refused, `images.${index}.${field}`) || (isOvertaken(drafts, now, field) ? OVERTAKEN : undefined);
          return (
            <Card key={image.id} variant="outlined" sx={{ width: 200, p: 1 }}>
              <CardMedia
                component="img"
                image={image.urls.small}
                alt={image.alt}
                sx={{ height: 140, objectFit: 'contain' }}
              />
              <Texts
                of={image}
                values={optionValues(product)}
                problem={problem}
                onChange={(to) => setDrafts(edited(drafts, now, to))}
              />
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
          );
        })}
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

const OVERTAKEN = 'Somebody else changed this, too. Saving takes yours.';

interface TextsProps {
  of: Shown;
  values: ReturnType<typeof optionValues>;
  /** What is wrong with a field. */
  problem: (field: 'alt' | 'shows') => string | undefined;
  onChange: (to: Partial<Pick<Shown, 'alt' | 'shows'>>) => void;
}

/** What a picture tells those who cannot see it, and which variants it shows. */
function Texts({ of: { alt, shows }, values, problem, onChange }: TextsProps) {
  return (
    <>
      <TextField
        label="Text"
        error={problem('alt') !== undefined}
        helperText={problem('alt') ?? 'For people who cannot see it.'}
        value={alt}
        onChange={({ target }) => onChange({ alt: target.value })}
      />
      {values.length > 0 && (
        <TextField
          select
          label="Shows"
          error={problem('shows') !== undefined}
          helperText={problem('shows')}
          value={shows ? JSON.stringify(shows) : ''}
          onChange={({ target }) => onChange({ shows: target.value ? JSON.parse(target.value) : null })}
        >
          <MenuItem value="">All variants</MenuItem>
          {values.map(({ option, value }) => (
            <MenuItem key={`${option} ${value}`} value={JSON.stringify({ option, value })}>
              {option}: {value}
            </MenuItem>
          ))}
        </TextField>
      )}
    </>
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
