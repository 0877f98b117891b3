/** The shared query cache. */
import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/http';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 15 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => {
        // While the server is away the request itself is repeated.
        if (
          error instanceof ApiError &&
          ((error.status >= 400 && error.status < 500) || error.status === 503)
        )
          return false;
        return failures < 2;
      },
    },
  },
});
