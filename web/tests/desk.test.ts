import { describe, expect, it } from 'vitest';
import { mayStay } from '@/api/membership';
import type { Conversation, Disposition, Message } from '@/api/types';
import { fit } from '@/app/fit';
import { textToHtml } from '@/features/desk/composer/content';
import { fillVariables, openVariables } from '@/features/desk/composer/variables';
import { groupThread } from '@/features/desk/conversation/grouping';
import { rankDispositions } from '@/features/desk/conversation/guess';
import { keepOrder } from '@/features/desk/list/useStableOrder';
import { urgency } from '@/features/desk/list/urgency';
import { splitSnippet } from '@/features/search/snippet';

function message(seq: number, over: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    conversation_id: 'c',
    seq,
    kind: 'inbound',
    author_id: 'ellen',
    author_name: 'Ellen',
    text: '',
    html: null,
    folded_text: null,
    attachments: [],
    details: {},
    delivery: 'none',
    at: new Date(2026, 0, 5, 12, seq).toISOString(),
    ...over,
  };
}

describe('a thread', () => {
  it('joins what one person says within five minutes', () => {
    const parts = groupThread([
      message(1),
      message(2),
      message(3, { author_id: 'mira', kind: 'outbound' }),
    ]);
    expect(parts.map((part) => part.type)).toEqual(['day', 'run', 'run']);
  });

  it('parts runs at a pause, an event and a new day', () => {
    const parts = groupThread([
      message(1),
      message(9),
      message(10, { kind: 'event' }),
      message(11, { at: new Date(2026, 0, 6, 9, 0).toISOString() }),
    ]);
    expect(parts.map((part) => part.type)).toEqual(['day', 'run', 'run', 'event', 'day', 'run']);
  });
});

describe('a wait', () => {
  it('is calm without a promise, soon in its last quarter, late at its end', () => {
    const minute = 60_000;
    expect(urgency(0, null, 90 * minute)).toBe('calm');
    expect(urgency(0, 40 * minute, 20 * minute)).toBe('calm');
    expect(urgency(0, 40 * minute, 31 * minute)).toBe('soon');
    expect(urgency(0, 40 * minute, 40 * minute)).toBe('late');
  });
});

describe('a macro', () => {
  it('fills what is known and keeps the rest in sight', () => {
    const values = {
      'customer.name': 'Ellen Marsh',
      'customer.first_name': 'Ellen',
      'agent.name': '',
      'agent.first_name': '',
      'brand.name': 'Northwind',
      'case.number': '7',
    };
    const text = fillVariables('Hi {{ customer.first_name }}, {{agent.name}} {{order.id}}', values);
    expect(text).toBe('Hi Ellen, {{agent.name}} {{order.id}}');
    expect(openVariables(text)).toEqual(['{{agent.name}}', '{{order.id}}']);
  });

  it('cannot bring markup into a mail', () => {
    expect(textToHtml('a <b>\n\nc & d\ne')).toBe('<p>a &lt;b&gt;</p><p>c &amp; d<br>e</p>');
  });
});

describe('the likely outcome', () => {
  const outcome = (id: string, name: string): Disposition => ({
    id,
    name,
    client_id: 'c',
    program_id: null,
    resolved: true,
    active: true,
  });
  const all = [
    outcome('1', 'Question answered'),
    outcome('2', 'Refund promised'),
    outcome('3', 'Card unblocked'),
  ];

  it('is the one whose words were said', () => {
    expect(rankDispositions(all, 'Where is my refund?', '3')[0]?.id).toBe('2');
  });

  it('is else the last one used', () => {
    expect(rankDispositions(all, 'hello', '3')[0]?.id).toBe('3');
  });
});

describe('the list', () => {
  it('keeps rows in place under the hand, drops the gone and adds the new at the end', () => {
    const rows = [{ id: 'd' }, { id: 'b' }, { id: 'a' }];
    expect(keepOrder(['a', 'b', 'c'], rows).map((row) => row.id)).toEqual(['a', 'b', 'd']);
  });

  it('lets go of rows that left it', () => {
    const row = {
      status: 'open',
      assignee_id: 'me',
      tags: [] as string[],
    } as unknown as Conversation;
    expect(mayStay(row, { view: 'mine', sort: 'waiting' }, 'me')).toBe(true);
    expect(mayStay({ ...row, assignee_id: 'you' }, { view: 'mine', sort: 'waiting' }, 'me')).toBe(
      false,
    );
    expect(
      mayStay({ ...row, status: 'resolved' }, { view: 'my_queues', sort: 'waiting' }, 'me'),
    ).toBe(false);
    expect(mayStay(row, { view: 'unassigned', sort: 'waiting' }, 'me')).toBe(false);
  });
});

describe('finding', () => {
  it('ranks a prefix above a word start above a part', () => {
    expect(fit('tra', 'Transfer')).toBeGreaterThan(fit('tra', 'Start training'));
    expect(fit('tra', 'Start training')).toBeGreaterThan(fit('tra', 'Extra'));
    expect(fit('xyz', 'Transfer')).toBe(0);
  });

  it('marks the found words of a snippet', () => {
    expect(splitSnippet('my «refund» is')).toEqual([
      { text: 'my ', found: false },
      { text: 'refund', found: true },
      { text: ' is', found: false },
    ]);
  });
});
