import FilesIcon from '@mui/icons-material/ImportExport';
import ShopIcon from '@mui/icons-material/Storefront';
import { ListSubheader } from '@mui/material';
import type { ReactNode } from 'react';
import { Menu, useSidebarState } from 'react-admin';

import { useFiles } from '../files/use-files.ts';
import { useMay } from '../session/auth.ts';

function Group({ title, children }: { title: string; children: ReactNode }) {
  const [open] = useSidebarState();
  return (
    <>
      {open && (
        <ListSubheader
          component="div"
          role="presentation"
          sx={{ lineHeight: 2.4, background: 'none', position: 'static' }}
        >
          {title}
        </ListSubheader>
      )}
      {children}
    </>
  );
}

/** react-admin hides the resources that a role may not see. */
export function ConsoleMenu() {
  const { any: usesFiles } = useFiles();
  const seesFigures = useMay('stats:read');
  const isAdmin = useMay('webhooks:write');
  return (
    <Menu>
      {seesFigures && <Menu.DashboardItem />}
      <Group title="Sales">
        <Menu.ResourceItem name="orders" />
        <Menu.ResourceItem name="returns" />
        <Menu.ResourceItem name="customers" />
        <Menu.ResourceItem name="coupons" />
        <Menu.ResourceItem name="reviews" />
      </Group>
      <Group title="Catalogue">
        <Menu.ResourceItem name="products" />
        <Menu.ResourceItem name="categories" />
        <Menu.ResourceItem name="brands" />
        <Menu.ResourceItem name="stock" />
        {usesFiles && <Menu.Item to="/files" primaryText="Import and export" leftIcon={<FilesIcon />} />}
      </Group>
      <Group title="Search">
        <Menu.ResourceItem name="synonyms" />
        <Menu.ResourceItem name="rules" />
        <Menu.ResourceItem name="searches" />
      </Group>
      <Group title={isAdmin ? 'Administration' : 'Shop'}>
        <Menu.ResourceItem name="shipping" />
        <Menu.ResourceItem name="webhooks" />
        <Menu.ResourceItem name="keys" />
        <Menu.ResourceItem name="audit" />
        <Menu.Item to="/shop" primaryText="Shop" leftIcon={<ShopIcon />} />
      </Group>
    </Menu>
  );
}
