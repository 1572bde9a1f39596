import type { SynonymBody } from '@kontor/client';
import { DataTable, SearchInput } from 'react-admin';
import { useMay } from '../session/auth.ts';
import { ListPage } from '../ui/list-page.tsx';
import { type ColumnOf, NameCol, Rows } from '../ui/rows.tsx';
import { Time } from '../ui/time.tsx';

const Column: ColumnOf<SynonymBody> = DataTable.Col;

export default function SynonymList() {
  const mayChange = useMay('products:write');
  return (
    <ListPage filters={[<SearchInput key="q" source="q" alwaysOn />]}>
      <Rows<SynonymBody>
        open={mayChange ? 'edit' : false}
        first={terms}
        second={(one) => (one.input ? 'One way' : 'Both ways')}
      >
        <NameCol<SynonymBody> source="terms" render={terms} />
        <Column source="input" label="Ways" render={(one) => (one.input ? 'One way' : 'Both ways')} />
        <Column source="updatedAt" label="Changed" render={(one) => <Time of={one.updatedAt} />} />
      </Rows>
    </ListPage>
  );
}

const terms = ({ input, terms: all }: SynonymBody) => (input ? `${input} → ${all.join(', ')}` : all.join(' = '));
