import { defaultDarkTheme, defaultLightTheme, type RaThemeOptions } from 'react-admin';

const FONT = 'system-ui, -apple-system, "Segoe UI", "Helvetica Neue", sans-serif';

const PHONE = '@media (max-width: 599.95px)';
const NARROW = '@media (max-width: 899.95px)';

function themed(base: RaThemeOptions, palette: RaThemeOptions['palette'], bar: string, link: string): RaThemeOptions {
  const divider = palette?.mode === 'dark' ? 'rgba(255, 255, 255, 0.24)' : 'rgba(0, 0, 0, 0.24)';
  return {
    ...base,
    palette: { ...base.palette, ...palette },
    typography: { fontFamily: FONT, h5: { fontWeight: 600 }, h6: { fontWeight: 600, fontSize: '1.05rem' } },
    shape: { borderRadius: 6 },
    components: {
      ...base.components,
      MuiCssBaseline: {
        styleOverrides: {
          ':focus-visible': {
            outline: '2px solid currentColor',
            outlineOffset: '2px',
          },
          a: { color: link },
          '.RaLayout-content, .RaShow-card, .RaEdit-card, .RaCreate-card, .RaList-main, .RaList-content': {
            minWidth: 0,
          },
          '#react-admin-title:focus': { outline: 'none' },
          'fieldset:not([class])': { border: '1px solid', borderColor: divider, borderRadius: 6, margin: '8px 0' },
          '@media (prefers-reduced-motion: reduce)': {
            '*, *::before, *::after': {
              animationDuration: '0.01ms !important',
              transitionDuration: '0.01ms !important',
            },
          },
        },
      },
      // With margins in place of gaps, the fields of a form would lose theirs.
      MuiStack: { defaultProps: { useFlexGap: true } },
      // On a telephone most lists have no button there, and the one that makes something new lies over the page.
      RaTopToolbar: { styleOverrides: { root: { alignItems: 'center', [PHONE]: { minHeight: 0 } } } },
      RaListToolbar: { styleOverrides: { root: { [PHONE]: { padding: '0 8px' } } } },
      // Filters have no help, but what the shop refused of them is told.
      RaFilterForm: { styleOverrides: { root: { '& .MuiFormHelperText-root.Mui-error': { display: 'block' } } } },
      RaList: { styleOverrides: { root: { [NARROW]: { paddingBottom: 80 } } } },
      // Else its buttons are there only for who has a mouse.
      RaSimpleFormIterator: {
        styleOverrides: { root: { '& .RaSimpleFormIterator-action': { visibility: 'visible' } } },
      },
      // Wide tables scroll in their place, so that the page does not.
      RaLayout: { styleOverrides: { root: { minWidth: 0 } } },
      MuiTableCell: { styleOverrides: { sizeSmall: { paddingLeft: 8, paddingRight: 8 } } },
      MuiAppBar: { styleOverrides: { root: { backgroundColor: bar, color: '#fff' } } },
      MuiTextField: { defaultProps: { variant: 'outlined', margin: 'dense', size: 'small', fullWidth: true } },
      MuiFormControl: { defaultProps: { variant: 'outlined', margin: 'dense', size: 'small', fullWidth: true } },
      MuiLinearProgress: { defaultProps: { 'aria-label': 'Loading' } },
      MuiCircularProgress: { defaultProps: { 'aria-label': 'Loading' } },
      // On narrow screens it lies over the page.
      RaToolbar: {
        styleOverrides: {
          root: {
            backgroundColor: 'transparent',
            [PHONE]: { backgroundColor: palette?.background?.paper },
          },
        },
      },
    },
  };
}

/** Both keep a contrast of 4.5 to 1 for text. */
export const lightTheme = themed(
  defaultLightTheme,
  {
    mode: 'light',
    primary: { main: '#1c5d99' },
    secondary: { main: '#1c5d99' },
    success: { main: '#2a6f3b' },
    warning: { main: '#8f4e00' },
    error: { main: '#b3261e' },
    info: { main: '#01579b' },
    background: { default: '#f6f7f9', paper: '#fff' },
  },
  '#17324d',
  '#1c5d99',
);

export const darkTheme = themed(
  defaultDarkTheme,
  {
    mode: 'dark',
    primary: { main: '#90caf9' },
    secondary: { main: '#90caf9' },
    error: { main: '#ff8a80' },
    background: { default: '#14181d', paper: '#1d232a' },
  },
  '#0e2236',
  '#90caf9',
);
