import { describe, expect, it } from 'vitest';
import type { AgentNow, QueueNow } from '@/api/types';
import {
  longestWait,
  neededInTime,
  serviceLevel,
  troubleOf,
  waitState,
} from '@/features/live/trouble';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

const inSeconds = (seconds: number) => ago(-seconds);
const waits = (waited: number, left: number) => ({
  longest_wait_since: ago(waited),
  longest_wait_due_at: inSeconds(left),
});

function row(change: Partial<QueueNow> = {}) {
  return {
    queue: { id: 'q', target_seconds: 60, target_share: 0.8 },
    opens_at: null,
    waiting: 0,
    longest_wait_since: null,
    longest_wait_due_at: null,
    offered: 0,
    with_agents: 0,
    answered: 0,
    answered_in_target: 0,
    abandoned: 0,
    service_level: null,
    agents_available: 2,
    agents_signed_in: 3,
    trend: [],
    ...change,
  } as unknown as QueueNow;
}

const onBreak = { state: 'break', queue_ids: ['q'] } as unknown as AgentNow;
const elsewhere = { state: 'break', queue_ids: ['other'] } as unknown as AgentNow;

describe('a queue in trouble', () => {
  it('is fine when nobody waits', () => {
    expect(troubleOf(row(), [], NOW)).toEqual({ level: 'fine', words: null });
  });

  it('is bad when contacts wait and nobody is signed in', () => {
    const found = troubleOf(row({ waiting: 3, agents_signed_in: 0, agents_available: 0 }), [], NOW);
    expect(found).toEqual({ level: 'bad', words: { key: 'nobodySignedIn', waiting: 3 } });
  });

  it('says who is away when nobody is available', () => {
    const waiting = row({ waiting: 3, agents_available: 0, ...waits(10, 50) });
    const found = troubleOf(waiting, [onBreak, onBreak, elsewhere], NOW);
    expect(found.level).toBe('warn');
    expect(found.words).toEqual({ key: 'nobodyAvailable', waiting: 3, away: 2, busy: 3 });
  });

  it('counts the wait against the promise', () => {
    expect(waitState(row(waits(30, 30)), NOW)).toBe('calm');
    expect(waitState(row(waits(45, 15)), NOW)).toBe('soon');
    expect(waitState(row(waits(60, 0)), NOW)).toBe('late');
    expect(waitState(row({ longest_wait_since: ago(900) }), NOW)).toBe('calm');
    expect(waitState(row(), NOW)).toBe('none');
    expect(longestWait(row({ longest_wait_since: ago(-5) }), NOW)).toBe(0);
  });

  it('judges a wait by what that contact was promised, not by its length', () => {
    const overnight = row({ waiting: 1, ...waits(50_000, 3600 * 6) });
    expect(troubleOf(overnight, [], NOW)).toEqual({ level: 'fine', words: null });
    const late = troubleOf(row({ waiting: 1, ...waits(300, -120) }), [], NOW);
    expect(late.words).toEqual({ key: 'late', seconds: 120, available: 2 });
  });

  it('leaves a closed queue in peace until it opens', () => {
    const waiting = { waiting: 4, agents_signed_in: 0, agents_available: 0, ...waits(900, -60) };
    const closed = row({ ...waiting, opens_at: inSeconds(3600) });
    expect(troubleOf(closed, [], NOW)).toEqual({ level: 'fine', words: null });
    expect(waitState(closed, NOW)).toBe('calm');
    expect(troubleOf(row({ ...waiting, opens_at: ago(1) }), [], NOW).level).toBe('bad');
  });

  it('says how many in time bring the day back to its target', () => {
    const day = row({ answered: 9, answered_in_target: 6, abandoned: 1, service_level: 0.6 });
    expect(neededInTime(day)).toBe(10);
    expect(troubleOf(day, [], NOW).words).toEqual({ key: 'belowTarget', needed: 10 });
  });

  it('does not judge a day by its first few contacts', () => {
    const early = row({ answered: 2, answered_in_target: 0, service_level: 0 });
    expect(troubleOf(early, [], NOW).level).toBe('fine');
  });

  it('adds days up over queues by contacts, not by shares', () => {
    const big = row({ answered: 90, answered_in_target: 90 });
    const small = row({ answered: 10, answered_in_target: 0 });
    expect(serviceLevel([big, small])).toBe(0.9);
    expect(serviceLevel([row()])).toBeNull();
  });
});
