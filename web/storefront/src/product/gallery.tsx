import type { ImageBody } from '@kontor/client';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Picture } from '../ui/picture.tsx';

const SIZES = '(min-width: 60rem) 36rem, (min-width: 48rem) 50vw, 100vw';

interface Props {
  images: ImageBody[];
  /** The picture of the chosen variant. */
  imageId: string | null | undefined;
}

export function Gallery({ images, imageId }: Props) {
  const [shown, setShown] = useState(imageId ?? images[0]?.id);
  const [large, setLarge] = useState(false);
  useEffect(() => {
    if (imageId) setShown(imageId);
  }, [imageId]);
  const index = Math.max(
    0,
    images.findIndex(({ id }) => id === shown),
  );
  const image = images[index];
  return (
    <section class="gallery" aria-label={t('product.pictures')}>
      {image ? (
        <button
          type="button"
          class="enlarge"
          aria-label={t('product.enlarge', { number: index + 1, alt: image.alt })}
          onClick={() => setLarge(true)}
        >
          <Picture key={image.id} image={image} sizes={SIZES} eager />
          <Icon name="enlarge" />
        </button>
      ) : (
        <Picture image={null} sizes={SIZES} />
      )}
      {images.length > 1 && (
        <ul class="plain thumbnails">
          {images.map((one, place) => (
            <li key={one.id}>
              <button
                type="button"
                aria-label={t('product.showPicture', { number: place + 1, alt: one.alt })}
                aria-pressed={place === index}
                onClick={() => setShown(one.id)}
              >
                <Picture image={one} sizes="5rem" alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Dialog class="large-picture" title={t('product.pictures')} open={large} onClose={() => setLarge(false)}>
        <LargePicture images={images} index={index} onChoose={(place) => setShown(images[place]?.id)} />
      </Dialog>
    </section>
  );
}

interface LargePictureProps {
  images: ImageBody[];
  index: number;
  onChoose: (index: number) => void;
}

/** One picture as large as the window, with ways to the others: buttons, and the arrow keys. */
function LargePicture({ images, index, onChoose }: LargePictureProps) {
  const count = images.length;
  const step = (by: number) => onChoose((index + by + count) % count);
  // At once, so that a key counts from the picture that is seen.
  useLayoutEffect(() => {
    const press = ({ key }: KeyboardEvent) => {
      if (key === 'ArrowLeft') step(-1);
      if (key === 'ArrowRight') step(1);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [index]);
  return (
    <>
      <Picture key={images[index]?.id} image={images[index]} sizes="100vw" eager />
      {count > 1 && (
        <div class="row">
          <button type="button" class="icon-button" aria-label={t('product.pictureBefore')} onClick={() => step(-1)}>
            <Icon name="left" />
          </button>
          <p role="status">{t('product.pictureOf', { number: index + 1, count })}</p>
          <button type="button" class="icon-button" aria-label={t('product.pictureNext')} onClick={() => step(1)}>
            <Icon name="right" />
          </button>
        </div>
      )}
    </>
  );
}
