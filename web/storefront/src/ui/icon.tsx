const paths = {
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.7-1.8L20 20',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8c0-3 3.6-5 8-5s8 2 8 5',
  cart: 'M3 4h2.2l2.3 11.2h10.3L20 7.5H6M9 20h.01M17 20h.01',
  heart: 'M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.4 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10Z',
  close: 'M6 6l12 12M18 6L6 18',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  filter: 'M4 7h16M7 12h10M10 17h4',
  bell: 'M6 17V11a6 6 0 1 1 12 0v6l1.5 1h-15L6 17Zm4 3.5h4',
  minus: 'M6 12h12',
  plus: 'M6 12h12M12 6v12',
  enlarge: 'M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5',
} as const;
export type IconName = keyof typeof paths;

/** Drawn with lines in the colour of the text. It says nothing to screen readers: the text beside it does. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
