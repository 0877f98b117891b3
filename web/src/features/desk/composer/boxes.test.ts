import { expect, test, vi } from 'vitest';
import { forgetSession } from '@/api/session';
import { boxes } from '@/features/desk/composer/boxes';

test('each person has an own box in each conversation, until the session ends', () => {
  const boxOf = boxes(() => ({ close: vi.fn() }));
  const mine = boxOf('ada', 'c1');
  expect(boxOf('ada', 'c1')).toBe(mine);
  expect(boxOf('ada', 'c2')).not.toBe(mine);
  expect(boxOf('eve', 'c1')).not.toBe(mine);
  forgetSession();
  expect(mine.close).toHaveBeenCalledOnce();
  expect(boxOf('ada', 'c1')).not.toBe(mine);
});
