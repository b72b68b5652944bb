import { TextInput } from '@mantine/core';
import { useState } from 'react';

/** A moment, typed and shown in the reader's own time zone, and told in UTC. */
export function TimeField(props: {
  readonly label: string;
  /** In UTC. */
  readonly time: string | undefined;
  /** @param time in UTC; empty for none */
  readonly onChange: (time: string) => void;
  readonly onEnd: () => void;
}) {
  const { label, time, onChange, onEnd } = props;
  const [zone] = useState(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);
  return (
    <TextInput
      type="datetime-local"
      label={`${label} (${zone})`}
      value={time === undefined ? '' : localOf(time)}
      onChange={({ currentTarget: { value } }) => onChange(value === '' ? '' : utcOf(value))}
      onBlur={onEnd}
    />
  );
}

const utcOf = (local: string): string =>
  new Date(local)
    .toISOString()
    .replace(/:00\.000Z$/, 'Z')
    .replace(/\.000Z$/, 'Z');

/** As an input of this type wants it. */
function localOf(time: string): string {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
