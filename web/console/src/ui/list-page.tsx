import type { ReactElement, ReactNode } from 'react';
import { CreateButton, FilterButton, List, type ListProps, TopToolbar, useResourceDefinition } from 'react-admin';

interface Props extends Omit<ListProps, 'actions' | 'exporter' | 'empty' | 'filters'> {
  filters?: ReactElement<{ alwaysOn?: boolean }>[];
  /** What else can be done, such as to make one. */
  actions?: ReactNode;
}

/** A list with its filters. An empty list says so in its place. */
export function ListPage({ filters = [], actions, children, ...props }: Props) {
  const { hasCreate } = useResourceDefinition();
  const hasMore = filters.some((filter) => !filter.props.alwaysOn);
  const bar = (
    <TopToolbar>
      {hasMore && <FilterButton />}
      {hasCreate && <CreateButton />}
      {actions}
    </TopToolbar>
  );
  return (
    <List perPage={25} {...props} filters={filters} actions={bar} exporter={false} empty={false}>
      {children}
    </List>
  );
}
