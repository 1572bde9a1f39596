/** The first page came with a description, canonical link and data for crawlers. They are not those of the next page. */
export function forgetHeadOfFirstPage(): void {
  const ofFirstPage =
    'link[rel="canonical"], link[rel="prev"], link[rel="next"], meta[name="description"], meta[name="robots"], ' +
    'meta[property^="og:"], meta[name^="twitter:"], script[type="application/ld+json"]';
  for (const element of document.head.querySelectorAll(ofFirstPage)) element.remove();
}
