/** Tells other tabs of this shop what changed in this one. A tab does not hear itself. */
const channel = new BroadcastChannel('kontor');
/** `left`: somebody signed out. */
type Change = 'cart' | 'user' | 'left';

export function tellOtherTabs(change: Change): void {
  channel.postMessage(change);
}

export function onChangeElsewhere(change: Change, listener: () => void): () => void {
  const hear = ({ data }: MessageEvent) => {
    if (data === change) listener();
  };
  channel.addEventListener('message', hear);
  return () => channel.removeEventListener('message', hear);
}
