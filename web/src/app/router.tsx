/** Every address of the desktop. Places load when they are first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { queryClient } from '@/api/client';
import { sessionQuery } from '@/api/session';
import type { Channel, Priority, Status } from '@/api/types';
import { ErrorPage, MissingPage } from '@/app/ErrorPage';
import { placesOf } from '@/app/places';
import { Shell } from '@/app/Shell';
import { SignInPage } from '@/app/SignInPage';
import { viewsFor } from '@/features/desk/list/views';

const root = createRootRoute({ errorComponent: ErrorPage, notFoundComponent: MissingPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string; refused?: string } => ({
    ...(typeof search.to === 'string' && { to: search.to }),
    ...(typeof search.refused === 'string' && { refused: search.refused }),
  }),
  component: SignInPage,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ location }) => {
    const me = await queryClient.ensureQueryData(sessionQuery);

    if (!me || me.pending) throw redirect({ to: '/sign-in', search: { to: location.href } });
    return { me };
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: ({ context }) => {
    throw redirect({ to: placesOf(context.me)[0]?.to ?? '/me', replace: true });
  },
});

const deskHome = createRoute({
  getParentRoute: () => shell,
  path: '/desk',
  beforeLoad: ({ context }) => {
    const [view] = viewsFor(context.me.permissions.includes('conversations.reply')).tabs;
    throw redirect({ to: '/desk/$view', params: { view }, replace: true });
  },
});

export interface DeskSearch {
  client_id?: string;
  program_id?: string;
  queue_id?: string;
  assignee_id?: string;
  channel?: Channel;
  status?: Status;
  priority?: Priority;
  tag?: string;
  sort?: 'newest' | undefined;
  /** Others' contacts are shown to be looked at. */
  watch?: true | undefined;
}

const DESK_KEYS = [
  'client_id',
  'program_id',
  'queue_id',
  'assignee_id',
  'channel',
  'status',
  'priority',
  'tag',
  'sort',
] as const;

const desk = createRoute({
  getParentRoute: () => shell,
  path: '/desk/$view',
  validateSearch: (search: Record<string, unknown>): DeskSearch => ({
    ...(Object.fromEntries(
      DESK_KEYS.filter((key) => typeof search[key] === 'string').map((key) => [key, search[key]]),
    ) as DeskSearch),
    ...(search.watch === true && { watch: true }),
  }),
  component: lazyRouteComponent(() => import('@/features/desk/DeskPage'), 'DeskPage'),
});

const deskConversation = createRoute({
  getParentRoute: () => desk,
  path: '$conversationId',
});

const conversation = createRoute({
  getParentRoute: () => shell,
  path: '/conversations/$conversationId',
  beforeLoad: ({ params }) => {
    throw redirect({
      to: '/desk/$view/$conversationId',
      params: { view: 'all', conversationId: params.conversationId },
      replace: true,
    });
  },
});

const search = createRoute({
  getParentRoute: () => shell,
  path: '/search',
  validateSearch: (values: Record<string, unknown>): { q?: string; client_id?: string } => ({
    ...(values.q !== undefined && { q: String(values.q) }),
    ...(typeof values.client_id === 'string' && { client_id: values.client_id }),
  }),
  component: lazyRouteComponent(() => import('@/features/search/SearchPage'), 'SearchPage'),
});

const customer = createRoute({
  getParentRoute: () => shell,
  path: '/customers/$customerId',
  component: lazyRouteComponent(() => import('@/features/customer/CustomerPage'), 'CustomerPage'),
});

const states = createRoute({
  getParentRoute: () => shell,
  path: '/me',
  component: lazyRouteComponent(() => import('@/features/me/StatesPage'), 'StatesPage'),
});

const security = createRoute({
  getParentRoute: () => shell,
  path: '/me/security',
  component: lazyRouteComponent(() => import('@/features/security/SecurityPage'), 'SecurityPage'),
});

const LivePage = lazyRouteComponent(() => import('@/features/live/LivePage'), 'LivePage');

const freeSearch = (search: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(search).map(([key, value]) => [key, String(value)]));

const live = createRoute({
  getParentRoute: () => shell,
  path: '/live',
  validateSearch: freeSearch,
  component: LivePage,
});

const liveSection = createRoute({
  getParentRoute: () => shell,
  path: '/live/$section',
  validateSearch: freeSearch,
  component: LivePage,
});

const CompliancePage = lazyRouteComponent(
  () => import('@/features/compliance/CompliancePage'),
  'CompliancePage',
);

const compliance = createRoute({
  getParentRoute: () => shell,
  path: '/compliance',
  component: CompliancePage,
});

const complianceSection = createRoute({
  getParentRoute: () => shell,
  path: '/compliance/$section',
  validateSearch: freeSearch,
  component: CompliancePage,
});

const SetupPage = lazyRouteComponent(() => import('@/features/setup/SetupPage'), 'SetupPage');

const setup = createRoute({
  getParentRoute: () => shell,
  path: '/setup',
  validateSearch: freeSearch,
  component: SetupPage,
});

const setupSection = createRoute({
  getParentRoute: () => setup,
  path: '$section',
});

const setupItem = createRoute({
  getParentRoute: () => setup,
  path: '$section/$itemId',
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([
      home,
      deskHome,
      desk.addChildren([deskConversation]),
      conversation,
      search,
      customer,
      states,
      security,
      live,
      liveSection,
      compliance,
      complianceSection,
      setup.addChildren([setupSection, setupItem]),
    ]),
  ]),
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: MissingPage,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
