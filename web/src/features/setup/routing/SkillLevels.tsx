/** Skills with a level from 1 to 5: what a person has, or the least that a queue asks for. */
import { ActionIcon, SegmentedControl, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Skill, SkillLevel } from '@/api/types';
import { allOf } from '@/features/setup/parts/collection';
import { Labelled } from '@/features/setup/parts/Labelled';
import classes from './SkillLevels.module.css';

export const useSkills = () => useQuery(allOf<Skill>('skills')).data ?? [];

export function SkillLevels({
  label,
  description,
  providerId,
  value,
  onChange,
  error,
}: {
  label: string;
  description: string;
  providerId: string | null;
  value: readonly SkillLevel[];
  onChange: (value: SkillLevel[]) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const skills = useSkills().filter((one) => !providerId || one.provider_id === providerId);
  const free = skills.filter((skill) => !value.some((one) => one.skill_id === skill.id));
  return (
    <Labelled label={label} description={description} error={error}>
      {value.length > 0 && (
        <ul className={classes.list}>
          {value.map((one) => {
            const name = skills.find((skill) => skill.id === one.skill_id)?.name ?? '…';
            return (
              <li key={one.skill_id} className={classes.row}>
                <span className={classes.name}>{name}</span>
                <SegmentedControl
                  size="xs"
                  aria-label={t('skillLevels.level', { name })}
                  data={['1', '2', '3', '4', '5']}
                  value={String(one.level)}
                  onChange={(level) =>
                    onChange(
                      value.map((other) =>
                        other.skill_id === one.skill_id
                          ? { ...other, level: Number(level) }
                          : other,
                      ),
                    )
                  }
                />
                <ActionIcon
                  aria-label={t('skillLevels.remove', { name })}
                  onClick={() => onChange(value.filter((other) => other.skill_id !== one.skill_id))}
                >
                  <IconX size={14} />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
      )}
      {free.length > 0 ? (
        <Select
          searchable
          size="xs"
          aria-label={t('skillLevels.add')}
          placeholder={t('skillLevels.add')}
          data={free.map((one) => ({ value: one.id, label: one.name }))}
          value={null}
          onChange={(id) => id && onChange([...value, { skill_id: id, level: 3 }])}
        />
      ) : (
        skills.length === 0 && <p className={classes.none}>{t('skillLevels.none')}</p>
      )}
    </Labelled>
  );
}
