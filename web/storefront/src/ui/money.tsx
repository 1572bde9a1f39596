import type { Money as Amount } from '@kontor/client';
import { money } from '../state/shop.ts';

export function Money({ of, class: className }: { of: Amount; class?: string }) {
  return <span class={className}>{money(of)}</span>;
}
