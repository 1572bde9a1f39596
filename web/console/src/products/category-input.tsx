import type { TermBody } from '@kontor/client';
import { AutocompleteArrayInput, AutocompleteInput, useGetList } from 'react-admin';

import { inTree, pathOf } from '../categories/tree.ts';

/** All categories, each with the path to it, as a tree is read. */
function useCategories() {
  const { data = [], isPending } = useGetList<TermBody>('categories', { pagination: { page: 1, perPage: 10_000 } });
  return { choices: inTree(data).map((term) => ({ id: term.id, name: pathOf(term, data) })), isPending };
}

interface Props {
  source: string;
  label: string;
  helperText?: string;
  /** A category that cannot be chosen. */
  except?: string;
}

export function CategoryInput({ except, ...props }: Props) {
  const { choices, isPending } = useCategories();
  return <AutocompleteInput {...props} choices={choices.filter(({ id }) => id !== except)} isPending={isPending} />;
}

export function CategoriesInput(props: Props) {
  const { choices, isPending } = useCategories();
  return <AutocompleteArrayInput {...props} choices={choices} isPending={isPending} />;
}
