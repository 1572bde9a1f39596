// What the search finds: each section of each guide, and each route.
import { BASE, guides, source } from './guides.ts';
import { render } from './markdown.ts';
import { address, operations } from './operations.ts';

export function entries() {
  const sections = guides.flatMap((guide) =>
    render(source(guide), guide.file).sections.map(({ id, title, depth, text }) => {
      const place = depth === 1 ? '' : `#${id}`;
      return { url: `${BASE}guides/${guide.name}/${place}`, page: guide.title, title, name: '', text };
    }),
  );
  const routes = operations.map((one) => {
    const text = `${one.summary} ${one.description}`;
    return { url: address(one), page: `Reference: ${one.tag}`, title: `${one.method} ${one.path}`, name: one.id, text };
  });
  return [...sections, ...routes].map((entry, id) => ({ id, ...entry }));
}
