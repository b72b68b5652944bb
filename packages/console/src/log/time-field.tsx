import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { zoneAt } from '../parts/words.ts';

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
  const value = time === undefined ? '' : localOf(time);
  return (
    <TextInput
      type="datetime-local"
      label={`${label} (${zone})${time === undefined ? '' : `, ${zoneAt(time)}`}`}
      title={time}
      value={value}
      // A field takes, and shows, nothing finer than its step.
      step={STEPS[value.length] ?? 60}
      onChange={({ currentTarget }) => {
        const typed = currentTarget.value;
        const utc = typed === '' ? '' : utcOf(typed);
        if (utc !== undefined) onChange(utc);
      }}
      onBlur={onEnd}
    />
  );
}

/** Seconds, by the length of what is shown. */
const STEPS: Readonly<Record<number, number>> = { 19: 1, 23: 0.001 };

/** Undefined for what no time of a log can be, such as one of the year 12026. */
function utcOf(local: string): string | undefined {
  const time = new Date(local);
  if (!/^\d{4}-/.test(local) || Number.isNaN(time.getTime())) return undefined;
  return time.toISOString().replace(/(:00)?\.000Z$/, 'Z');
}

/** As an input of this type wants it, as exact as the time is. */
function localOf(time: string): string {
  const date = new Date(time);
  const [year, month, day, hour, minute, second] = [
    date.getFullYear(),
    date.getMonth() + 1,
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
  ].map((part) => String(part).padStart(2, '0'));
  const part = String(date.getMilliseconds()).padStart(3, '0');
  return `${year?.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.${part}`
    .replace(/\.000$/, '')
    .replace(/:00$/, '');
}
