import { describe, expect, it } from 'vitest';
import type { Me } from '@/api/types';
import { placesOf } from '@/app/places';
import { sectionsFor } from '@/features/setup/sections';

const placesWith = (...permissions: string[]) =>
  placesOf({ permissions } as Pick<Me, 'permissions'> as Me).map((place) => place.id);

const sectionsWith = (...permissions: string[]) => sectionsFor(permissions).map((one) => one.id);

describe('the place of set-up', () => {
  it('is there for whoever may open one of its sections', () => {
    for (const one of [
      'data.import',
      'data.export',
      'data.restore',
      'roles.write',
      'events.repair',
    ])
      expect(placesWith(one), one).toEqual(['setup']);
  });

  it('is not there for whoever may open none', () => {
    expect(placesWith('conversations.read', 'people.read')).toEqual(['desk']);
  });
});

describe('the sections of set-up', () => {
  it('explain permissions only to whoever sees the people who hold them', () => {
    expect(sectionsWith('audit.read')).toEqual(['audit']);
    expect(sectionsWith('audit.read', 'people.read')).toEqual(['access', 'audit']);
  });
});
