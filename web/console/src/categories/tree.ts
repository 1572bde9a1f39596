interface Term {
  id: string;
  name: string;
  parentId: string | null;
  position: number;
}

/** Categories in the order of the tree: each one is followed by those below it. */
export function inTree<T extends Term>(terms: readonly T[], parent: string | null = null): T[] {
  return terms
    .filter(({ parentId }) => parentId === parent)
    .sort((a, b) => a.position - b.position || a.name.localeCompare(b.name))
    .flatMap((term) => [term, ...inTree(terms, term.id)]);
}

/** The names from the top to a category: `Clothing › Women › Tops`. */
export function pathOf<T extends Term>(term: T, terms: readonly T[]): string {
  const parent = terms.find(({ id }) => id === term.parentId);
  return parent ? `${pathOf(parent, terms)} › ${term.name}` : term.name;
}
