/** Which rows a list may hold, as far as the row itself tells. */
import type { ListFilter } from '@/api/conversations';
import type { Conversation, Uuid } from '@/api/types';

/** Whether a row may stay in a list; what only the server knows counts as yes. */
export function mayStay(row: Conversation, filter: ListFilter, me: Uuid | undefined): boolean {
  if (
    !filter.status &&
    row.status === 'resolved' &&
    (filter.view !== 'all' || filter.sort === 'waiting')
  ) {
    return false;
  }
  if (filter.status && row.status !== filter.status) return false;
  if (filter.view === 'mine' && row.assignee_id !== me) return false;
  if ((filter.view === 'unassigned' || filter.unassigned) && row.assignee_id) return false;
  if (filter.assignee_id && row.assignee_id !== filter.assignee_id) return false;
  if (filter.queue_id && row.queue_id !== filter.queue_id) return false;
  if (filter.priority && row.priority !== filter.priority) return false;
  return !filter.tag || row.tags.includes(filter.tag);
}
