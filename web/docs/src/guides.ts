import './search.ts';

// Where there is room, the table of contents is beside the text, and open.
const contents = document.querySelector<HTMLDetailsElement>('.contents');
const wide = matchMedia('(min-width: 72rem)');
const show = () => {
  if (contents) contents.open = wide.matches;
};
wide.addEventListener('change', show);
show();
