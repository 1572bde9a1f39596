// The reference: Scalar, with the description of the running shop, and nothing from elsewhere.
import { config } from 'zod';
import './search.ts';

// The parser of Scalar's settings would try `eval`, which the content security policy refuses.
config({ jitless: true });

const DESCRIPTION = '/api/v1/openapi.json';
const content = document.querySelector<HTMLElement>('#content')!;
const dark = matchMedia('(prefers-color-scheme: dark)');

type Description = { paths: Record<string, Record<string, { summary?: string }>> };

/** Loads the description, and takes the dot from the names of routes: there they are no sentences. */
const load: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  if (!answer.ok || new URL(answer.url).pathname !== DESCRIPTION) return answer;
  const description = (await answer.json()) as Description;
  for (const route of Object.values(description.paths).flatMap(Object.values))
    if (route.summary) route.summary = route.summary.replace(/\.$/, '');
  return Response.json(description);
};

const settings = () => ({
  url: DESCRIPTION,
  customFetch: load,
  // The shop that these pages came from, whatever its address is.
  servers: [{ url: location.origin, description: 'This shop' }],
  authentication: { preferredSecurityScheme: 'bearer' },
  // Access tokens are not written to disk.
  persistAuth: false,
  forceDarkModeState: dark.matches ? ('dark' as const) : ('light' as const),
  hideDarkModeToggle: true,
  documentDownloadType: 'direct' as const,
  defaultHttpClient: { targetKey: 'shell' as const, clientKey: 'curl' as const },
  operationTitleSource: 'summary' as const,
  hideModels: true,
  hideSearch: true,
  theme: 'none' as const,
  withDefaultFonts: false,
  // What would lead out of the shop.
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never' as const,
});

try {
  const [{ createApiReference }] = await Promise.all([
    import('@scalar/api-reference'),
    import('@scalar/api-reference/style.css'),
    import('./reference.css'),
  ]);
  content.replaceChildren();
  const reference = createApiReference(content, settings());
  dark.addEventListener('change', () => reference.updateConfiguration(settings()));
} catch (error) {
  console.error(error);
  const message = document.createElement('p');
  message.className = 'loading';
  message.setAttribute('role', 'alert');
  message.textContent = 'The reference could not be loaded. Please load this page again.';
  content.replaceChildren(message);
}
