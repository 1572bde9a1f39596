import { AccessDenied, Title } from 'react-admin';

import { Columns } from '../ui/page.tsx';
import { Exports } from './exports.tsx';
import { Import } from './import.tsx';
import { useFiles } from './use-files.ts';

/** CSV files in and out, as far as the role allows. */
export default function FilesPage() {
  const { imports, any } = useFiles();
  if (!any) return <AccessDenied />;
  return (
    <>
      <Title title="Import and export" />
      <Columns
        wide={
          <>
            {imports.products && <Import of="products" title="Import products" />}
            {imports.stock && <Import of="stock" title="Import stock" />}
            {!imports.products && <Exports />}
          </>
        }
      >
        {imports.products && <Exports />}
      </Columns>
    </>
  );
}
