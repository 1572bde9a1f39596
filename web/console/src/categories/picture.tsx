import type { TermBody } from '@kontor/client';
import { useRecordContext, useRefresh } from 'react-admin';

import { kontor } from '../shop.ts';
import { ActionButton } from '../ui/action.tsx';
import { Section } from '../ui/page.tsx';
import { DropZone, PICTURES, useUpload } from '../ui/upload.tsx';

/** The picture of a category or of a brand. A new one takes the place of the old one. */
export function TermPicture({ of }: { of: 'categories' | 'brands' }) {
  const term = useRecordContext<TermBody>();
  const refresh = useRefresh();
  const id = term?.id ?? '';
  const upload = useUpload(
    (file) => ({
      for: 'picture',
      contentType: file.type as 'image/png',
      alt: term?.name ?? null,
      ...(of === 'brands' ? { brandId: id } : { categoryId: id }),
    }),
    refresh,
  );
  if (!term) return null;
  return (
    <Section
      title="Picture"
      actions={
        term.image && (
          <ActionButton
            color="error"
            act={() => kontor.DELETE(`/api/v1/${of}/{id}/image`, { params: { path: { id } } })}
            done="The picture was deleted."
          >
            Delete
          </ActionButton>
        )
      }
    >
      {term.image && <img src={term.image.urls.medium} alt={term.image.alt} width={240} />}
      <DropZone accept={PICTURES} label="Choose a picture, or drop it here" {...upload} />
    </Section>
  );
}
