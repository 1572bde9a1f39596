import AccountIcon from '@mui/icons-material/ManageAccounts';
import SignOutIcon from '@mui/icons-material/PowerSettingsNew';
import { ListItemIcon, ListItemText, MenuItem } from '@mui/material';
import { UserMenu, useGetIdentity, useLogout, useUserMenu } from 'react-admin';
import { Link } from 'react-router';

import { reasonOf } from '../data/errors.ts';
import { useTellError } from '../ui/tell-error.ts';

function AccountItem() {
  const menu = useUserMenu();
  return (
    <MenuItem component={Link} to="/account" onClick={menu?.onClose}>
      <ListItemIcon>
        <AccountIcon fontSize="small" />
      </ListItemIcon>
      <ListItemText>My account</ListItemText>
    </MenuItem>
  );
}

function SignOutItem() {
  const signOut = useLogout();
  const tellError = useTellError();
  const stays = (error: unknown) => tellError(`You are still signed in. ${reasonOf(error)}`);
  return (
    <MenuItem onClick={() => signOut().catch(stays)}>
      <ListItemIcon>
        <SignOutIcon fontSize="small" />
      </ListItemIcon>
      <ListItemText>Sign out</ListItemText>
    </MenuItem>
  );
}

export function ConsoleUserMenu() {
  const { identity } = useGetIdentity();
  return (
    // Its name is what people see, for those who say it.
    <UserMenu label={identity?.fullName ?? 'ra.auth.user_menu'}>
      <AccountItem />
      <SignOutItem />
    </UserMenu>
  );
}
