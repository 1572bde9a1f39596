import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

interface Props {
  value: number;
  most: number;
  /** What it is if nothing is typed. */
  otherwise: number;
  labels: { quantity: string; fewer: string; more: string };
  onChange: (value: number) => void;
}

/** A number of units: typed, or one more or fewer. Its buttons keep the focus where they can do nothing. */
export function Quantity({ value, most, otherwise, labels, onChange }: Props) {
  // Until it is whole. The page may be drawn again meanwhile.
  const [typed, setTyped] = useState<string | null>(null);
  const set = (wanted: number) => onChange(Math.min(most, Math.max(1, Math.round(wanted) || otherwise)));
  return (
    <div class="quantity">
      <button
        type="button"
        class="icon-button"
        aria-label={labels.fewer}
        aria-disabled={value <= 1}
        onClick={() => set(value - 1)}
      >
        <Icon name="minus" />
      </button>
      <input
        type="number"
        inputMode="numeric"
        min={1}
        max={most}
        value={typed ?? value}
        aria-label={labels.quantity}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onChange={({ currentTarget }) => {
          setTyped(null);
          set(currentTarget.valueAsNumber);
        }}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={labels.more}
        aria-disabled={value >= most}
        onClick={() => set(value + 1)}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}
