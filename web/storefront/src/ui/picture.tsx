import type { ImageBody } from '@kontor/client';

interface Props {
  image: ImageBody | null | undefined;
  /** How wide it is shown, as in HTML: `(min-width: 48rem) 25vw, 50vw`. */
  sizes: string;
  /** Instead of the picture's own description; empty if the text beside it says the same. */
  alt?: string;
  /** For the first large picture of a page: loaded at once, before others. */
  eager?: boolean;
}

/** A picture in its place: the browser chooses one of the three sizes, and nothing moves when it comes. */
export function Picture({ image, sizes, alt, eager = false }: Props) {
  if (!image) return <span class="picture none" />;
  const { urls, width, height } = image;
  const longest = Math.max(width, height);
  const widthOf = (size: number) => Math.round((width * Math.min(size, longest)) / longest);
  return (
    <img
      class="picture"
      src={urls.medium}
      srcset={`${urls.small} ${widthOf(200)}w, ${urls.medium} ${widthOf(800)}w, ${urls.large} ${width}w`}
      sizes={sizes}
      width={width}
      height={height}
      alt={alt ?? image.alt}
      loading={eager ? 'eager' : 'lazy'}
      fetchpriority={eager ? 'high' : undefined}
      decoding="async"
    />
  );
}
