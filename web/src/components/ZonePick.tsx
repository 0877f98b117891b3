/** A field that chooses a time zone by its IANA name. */
import { Select, type SelectProps } from '@mantine/core';

const ZONES = Intl.supportedValuesOf('timeZone');

/** Where the reader is. */
export const hereZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function ZonePick({ value, ...props }: SelectProps & { value: string | null }) {
  const data = value && !ZONES.includes(value) ? [value, ...ZONES] : ZONES;
  return (
    <Select
      searchable
      withAsterisk={false}
      allowDeselect={false}
      limit={60}
      {...props}
      value={value}
      data={data}
    />
  );
}
