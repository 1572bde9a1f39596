import type { TermBody } from '@kontor/client';
import AddIcon from '@mui/icons-material/Add';
import DownIcon from '@mui/icons-material/ArrowDownward';
import UpIcon from '@mui/icons-material/ArrowUpward';
import { Chip, IconButton, LinearProgress, ListItem, List as Rows, Typography } from '@mui/material';
import { SearchInput, useListContext } from 'react-admin';
import { Link } from 'react-router';
import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { ListPage } from '../ui/list-page.tsx';
import { Nothing } from '../ui/page.tsx';
import { counted } from '../ui/words.ts';
import { inTree } from './tree.ts';

export default function CategoryList() {
  return (
    <ListPage
      filters={[<SearchInput key="q" source="q" alwaysOn />]}
      perPage={10_000}
      pagination={false}
      title="Categories"
    >
      <Tree />
    </ListPage>
  );
}

function Tree() {
  const { data = [], filterValues, isPending } = useListContext<TermBody>();
  const isFiltered = Boolean(filterValues['q']);
  // What words find may be without those above it.
  const terms = isFiltered ? data : inTree(data);
  if (isPending) return <LinearProgress aria-label="Reading the list" />;
  if (data.length === 0) return <Nothing>No category was found.</Nothing>;
  return (
    <Rows>
      {terms.map((term) => (
        <Row key={term.id} term={term} siblings={isFiltered ? [] : siblingsOf(term, data)} />
      ))}
    </Rows>
  );
}

const siblingsOf = ({ parentId }: TermBody, terms: TermBody[]) =>
  inTree(
    terms.filter((term) => term.parentId === parentId),
    parentId,
  );

interface RowProps {
  term: TermBody;
  /** All of them, in their order. Without them it cannot be moved. */
  siblings: TermBody[];
}

function Row({ term, siblings }: RowProps) {
  const mayChange = useMay('products:write');
  const place = siblings.findIndex(({ id }) => id === term.id);
  // Siblings may have the same position, so all that are not at their place get a new one.
  const move = useAction(async (by: number) => {
    const order = siblings.toSpliced(place, 1).toSpliced(place + by, 0, term);
    for (const [position, { id, position: before }] of order.entries())
      if (position !== before)
        await kontor.PATCH('/api/v1/categories/{id}', { params: { path: { id } }, body: { position } });
  });
  return (
    <ListItem divider sx={{ pl: 2 + term.depth * 2, pr: 1, gap: 0.5 }}>
      <Typography variant="body2" sx={{ flex: 1 }}>
        {mayChange ? <Link to={`/categories/${term.id}`}>{term.name}</Link> : term.name}
      </Typography>
      {!term.active && <Chip size="small" label="Not shown" />}
      <Typography variant="caption" color="textSecondary">
        {counted(term.productCount, 'product')}
      </Typography>
      {mayChange && (
        <>
          {siblings.length > 0 && (
            <>
              <IconButton
                size="small"
                aria-label={`Move ${term.name} up`}
                disabled={place === 0 || move.busy}
                onClick={() => move.run(-1)}
              >
                <UpIcon fontSize="small" />
              </IconButton>
              <IconButton
                size="small"
                aria-label={`Move ${term.name} down`}
                disabled={place === siblings.length - 1 || move.busy}
                onClick={() => move.run(1)}
              >
                <DownIcon fontSize="small" />
              </IconButton>
            </>
          )}
          <IconButton
            size="small"
            aria-label={`New category below ${term.name}`}
            component={Link}
            to={`/categories/create?source=${encodeURIComponent(JSON.stringify({ parentId: term.id }))}`}
          >
            <AddIcon fontSize="small" />
          </IconButton>
        </>
      )}
    </ListItem>
  );
}
