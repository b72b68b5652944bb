import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { zoneAt } from '../parts/words.ts';

/** A moment, typed and shown in the reader's own time zone, and told in UTC. */
export function TimeField(props: {
  readonly label: string;
  /** In UTC. */
  readonly time: string | undefined;
  /** Which one is meant of a time that comes twice, where clocks are put back: so that nothing is left out. */
  readonly twice: 'earlier' | 'later';
  /** @param time in UTC; empty for none */
  readonly onChange: (time: string) => void;
  readonly onEnd: () => void;
}) {
  const { label, time, twice, onChange, onEnd } = props;
  const [zone] = useState(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const value = time === undefined ? '' : localOf(Date.parse(time));
  return (
    <TextInput
      type="datetime-local"
      label={`${label} (${zone})${time === undefined ? '' : `, ${zoneAt(time)}`}`}
      description={time === undefined ? undefined : whichOf(Date.parse(time))}
      maw="20rem"
      title={time}
      value={value}
      // A field takes, and shows, nothing finer than its step.
      step={STEPS[value.length] ?? 60}
      onChange={({ currentTarget }) => {
        const typed = currentTarget.value;
        const utc = typed === '' ? '' : utcOf(typed, twice);
        if (utc !== undefined) onChange(utc);
      }}
      onBlur={onEnd}
    />
  );
}

/** Seconds, by the length of what is shown. */
const STEPS: Readonly<Record<number, number>> = { 19: 1, 23: 0.001 };
const HALF_DAY_MS = 43_200_000;

/** Undefined for what no time of a log can be, such as one of the year 12026. */
function utcOf(local: string, twice: 'earlier' | 'later'): string | undefined {
  const typed = Date.parse(local);
  if (!/^\d{4}-/.test(local) || Number.isNaN(typed)) return undefined;
  const [earlier, later] = momentsOf(typed);
  return written(twice === 'earlier' ? earlier : later);
}

const written = (ms: number): string => new Date(ms).toISOString().replace(/(:00)?\.000Z$/, 'Z');

/** The first and the last moment at which the reader's clock shows what it does at this one. */
function momentsOf(ms: number): readonly [number, number] {
  const offset = (at: number): number => new Date(at).getTimezoneOffset() * 60_000;
  const back = offset(ms + HALF_DAY_MS) - offset(ms - HALF_DAY_MS);
  const alike = [ms - back, ms, ms + back].filter((one) => back > 0 && localOf(one) === localOf(ms));
  return [alike[0] ?? ms, alike.at(-1) ?? ms];
}

/** Says of a time that comes twice which one is meant, and how the other one is asked for. */
function whichOf(ms: number): string | undefined {
  const [earlier, later] = momentsOf(ms);
  if (earlier === later) return undefined;
  const [which, other] = ms === earlier ? ['earlier', later] : ['later', earlier];
  return `Clocks are put back, so this comes twice: the ${which} one, ${written(ms)}. The other is ${written(other)}.`;
}

/** As an input of this type wants it, as exact as the time is. */
function localOf(ms: number): string {
  const date = new Date(ms);
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
