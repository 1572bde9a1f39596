import type { ImageBody } from '@kontor/client';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Picture } from '../ui/picture.tsx';

const SIZES = '(min-width: 60rem) 36rem, (min-width: 48rem) 50vw, 100vw';

interface Props {
  images: ImageBody[];
  /** The picture of the chosen variant. */
  imageId: string | null | undefined;
}

export function Gallery({ images, imageId }: Props) {
  const [shown, setShown] = useState(imageId ?? images[0]?.id);
  useEffect(() => {
    if (imageId) setShown(imageId);
  }, [imageId]);
  const image = images.find(({ id }) => id === shown) ?? images[0];
  return (
    <section class="gallery" aria-label={t('product.pictures')}>
      <Picture key={image?.id} image={image} sizes={SIZES} eager />
      {images.length > 1 && (
        <ul class="plain thumbnails">
          {images.map((one, index) => (
            <li key={one.id}>
              <button
                type="button"
                aria-label={t('product.showPicture', { number: index + 1, alt: one.alt })}
                aria-pressed={one.id === image?.id}
                onClick={() => setShown(one.id)}
              >
                <Picture image={one} sizes="5rem" alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
