import { useEffect } from 'react';
import { useNavigate } from 'react-router';

import { onAsked } from '../shop.ts';

let isMissing = false;

/** Whether the shop refused something because this account has no two-factor sign-in. */
export const missesSecondFactor = () => isMissing;

/** Whatever the shop refuses for that reason leads to the page where two-factor sign-in is turned on. */
export function useSecondFactor() {
  const navigate = useNavigate();
  useEffect(
    () =>
      onAsked('twoFactor', (refusal) => {
        isMissing = true;
        // A page meets it with each of its requests. The way back has one step for all of them.
        navigate('/account', { replace: true });
        return Promise.reject(refusal);
      }),
    [navigate],
  );
}
