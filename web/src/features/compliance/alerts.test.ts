import { expect, test } from 'vitest';
import { gathered, summaryOf, type Near } from './alerts';

function near(client: number, second = 0, more: Partial<Near['data']> = {}): Near {
  const at = new Date(Date.UTC(2030, 0, 1, 12, 0, second)).toISOString();
  const data = {
    incident_id: `incident ${client}`,
    duty_id: `duty ${client}`,
    due_at: `2030-01-02T00:00:${String(59 - (client % 60)).padStart(2, '0')}Z`,
    hours: 24,
    overdue: false,
    needs: 'compliance.write',
    ...more,
  };
  return { id: client, type: 'incident_deadline_near', at, client_id: `client ${client}`, data };
}

test('an incident that touches a hundred clients is one thing to know', () => {
  let alerts: Near[] = [];
  for (let client = 0; client < 100; client++) alerts = gathered(alerts, near(client, client / 3));
  const told = summaryOf(alerts as [Near]);
  expect([told.count, told.clients.length, told.more, told.incident]).toEqual([100, 5, 95, null]);
  expect(told.dueAt).toBe('2030-01-02T00:00:00Z');
});

test('several duties of one incident lead to it', () => {
  const alerts = gathered([near(1)], near(1, 1, { duty_id: 'another' }));
  const told = summaryOf(alerts);
  expect([told.count, told.clients]).toEqual([2, ['client 1']]);
  expect(told.incident).toEqual({ id: 'incident 1', duty: 'duty 1' });
});

test('what is overdue, and what comes later, is told by itself', () => {
  expect(gathered([near(1)], near(2, 1, { overdue: true }))).toHaveLength(1);
  expect(gathered([near(1)], near(2, 61))).toHaveLength(1);
});
