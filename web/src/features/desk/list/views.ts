/** The built-in lists of the desk, in the order in which they are offered. */
import type { ViewName } from '@/api/conversations';

export const VIEWS: readonly ViewName[] = ['mine', 'my_queues', 'unassigned', 'mentioned', 'all'];

export const isBuiltIn = (view: string): view is ViewName => VIEWS.includes(view as ViewName);

/** Who answers nobody has no contacts and no queues of their own. */
export const viewsFor = (
  answers: boolean,
): { tabs: readonly [ViewName, ...ViewName[]]; more: readonly ViewName[] } =>
  answers
    ? { tabs: ['mine', 'my_queues', 'unassigned'], more: ['mentioned', 'all'] }
    : { tabs: ['all', 'unassigned'], more: ['mentioned'] };
