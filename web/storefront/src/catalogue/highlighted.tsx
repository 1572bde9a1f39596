import type { HighlightBody } from '@kontor/client';

/** A name with the words in bold that were looked for. */
export function Highlighted({ parts }: { parts: HighlightBody[] }) {
  return <>{parts.map(({ text, found }) => (found ? <b>{text}</b> : text))}</>;
}
