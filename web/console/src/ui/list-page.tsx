import { cloneElement, type ReactElement, type ReactNode, useEffect, useState } from 'react';
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
import { useFormContext } from 'react-hook-form';

import { errorsOf } from '../data/errors.ts';

interface FilterProps {
  source?: string;
  alwaysOn?: boolean;
}

interface Props
  extends Pick<ListBaseProps, 'filterDefaultValues' | 'sort' | 'perPage'>,
    Pick<ListViewProps, 'pagination' | 'title'> {
  filters?: ReactElement<FilterProps>[];
  /** What else can be done, such as to make one. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A list with its filters. An empty list says so in its place. */
export function ListPage({ filters = [], actions, filterDefaultValues, sort, perPage = 25, ...view }: Props) {
  const { hasCreate } = useResourceDefinition();
  const hasMore = filters.some((filter) => !filter.props.alwaysOn);
  const told = filters.map((filter) => <Told key={filter.key} {...filter.props} of={filter} />);
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
        <ListView {...view} filters={told} actions={bar} empty={false} />
      </FilteredWhileOpen>
    </ListBase>
  );
}

/** A filter, with what the shop refused of it. */
function Told({ of, ...props }: FilterProps & { of: ReactElement<object> }) {
  const { source = '' } = props;
  const { setError, clearErrors } = useFormContext();
  const refusal = errorsOf(useListContext().error)[source];
  useEffect(() => {
    if (refusal) setError(source, { type: 'server', message: refusal });
    else clearErrors(source);
  }, [refusal, source, setError, clearErrors]);
  return cloneElement(of, props);
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
  // What is not seen is not chosen, such as after another filter.
  const selectedIds = list.selectedIds.filter((id) => list.data?.some((record) => record.id === id));
  return <ListContextProvider value={{ ...list, setFilters, selectedIds }}>{children}</ListContextProvider>;
}
