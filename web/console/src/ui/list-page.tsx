import { type ReactElement, type ReactNode, useState } from 'react';
import {
  CreateButton,
  FilterButton,
  ListBase,
  type ListBaseProps,
  ListContextProvider,
  ListView,
  type ListViewProps,
  TopToolbar,
  useListContext,
  useResourceDefinition,
} from 'react-admin';

interface Props
  extends Pick<ListBaseProps, 'filterDefaultValues' | 'sort' | 'perPage'>,
    Pick<ListViewProps, 'pagination' | 'title'> {
  filters?: ReactElement<{ alwaysOn?: boolean }>[];
  /** What else can be done, such as to make one. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A list with its filters. An empty list says so in its place. */
export function ListPage({ filters = [], actions, filterDefaultValues, sort, perPage = 25, ...view }: Props) {
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
    <ListBase filterDefaultValues={filterDefaultValues} sort={sort} perPage={perPage} exporter={false}>
      <FilteredWhileOpen>
        <ListView {...view} filters={filters} actions={bar} empty={false} />
      </FilteredWhileOpen>
    </ListBase>
  );
}

/**
 * Drops a filter that comes after somebody left the list. React-admin waits for the end of typing and then writes the filter into
 * the address, which would bring them back while the next view is loaded.
 */
function FilteredWhileOpen({ children }: { children: ReactNode }) {
  const list = useListContext();
  const [path] = useState(() => location.pathname);
  const setFilters: typeof list.setFilters = (...filters) => {
    if (location.pathname === path) list.setFilters(...filters);
  };
  return <ListContextProvider value={{ ...list, setFilters }}>{children}</ListContextProvider>;
}
