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

function row(change: Partial<QueueNow> = {}, target = { target_seconds: 60, target_share: 0.8 }) {
  return {
    queue: target,
    waiting: 0,
    longest_wait_since: null,
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

const onBreak = { state: 'break' } as AgentNow;

describe('a queue in trouble', () => {
  it('is fine when nobody waits', () => {
    expect(troubleOf(row(), [], NOW)).toEqual({ level: 'fine', words: null });
  });

  it('is bad when contacts wait and nobody is signed in', () => {
    const found = troubleOf(row({ waiting: 3, agents_signed_in: 0, agents_available: 0 }), [], NOW);
    expect(found).toEqual({ level: 'bad', words: { key: 'nobodySignedIn', waiting: 3 } });
  });

  it('says who is away when nobody is available', () => {
    const waiting = row({ waiting: 3, agents_available: 0, longest_wait_since: ago(10) });
    const found = troubleOf(waiting, [onBreak, onBreak], NOW);
    expect(found.level).toBe('warn');
    expect(found.words).toEqual({ key: 'nobodyAvailable', waiting: 3, away: 2, busy: 3 });
  });

  it('counts the wait against the promise', () => {
    expect(waitState(row({ longest_wait_since: ago(30) }), NOW)).toBe('calm');
    expect(waitState(row({ longest_wait_since: ago(45) }), NOW)).toBe('soon');
    expect(waitState(row({ longest_wait_since: ago(60) }), NOW)).toBe('late');
    expect(waitState(row(), NOW)).toBe('none');
    expect(longestWait(row({ longest_wait_since: ago(-5) }), NOW)).toBe(0);
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
