import { Button, Group, NativeSelect, Pill, Stack, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ENTRY_TYPES, firstUpper, spaced, typeWords } from '../parts/words.ts';
import { Written, writtenOut } from '../parts/written.tsx';
import { OUTCOMES, type Parsed, parseFilter, type Qualifier, textOf } from './filter.ts';
import classes from './log.module.css';
import { TimeField } from './time-field.tsx';

interface Props {
  readonly text: string;
  readonly parsed: Parsed;
  readonly onChange: (text: string) => void;
}

/** What is looked for: typed as qualifiers, or chosen for those that are asked for most. */
export function FilterBar({ text, parsed, onChange }: Props) {
  const [typed, setTyped] = useState(text);
  const field = useRef<HTMLInputElement>(null);
  // What was looked for from here is in the field already, and perhaps more by now.
  const sent = useRef(text);
  useEffect(() => {
    if (text !== sent.current) setTyped(text);
    sent.current = text;
  }, [text]);
  const look = (wanted: string): void => {
    sent.current = wanted;
    onChange(wanted);
  };
  const qualifiers = parsed.ok ? parsed.qualifiers : [];
  const chosen = (name: string): string => qualifiers.find((one) => one.name === name)?.value ?? '';
  const written = parseFilter(typed);
  // What is typed and not looked for yet is, with what is chosen.
  const set = (name: string, value: string): void => {
    const others = (written.ok ? written.qualifiers : qualifiers).filter((one) => one.name !== name);
    onChange(textOf(value === '' ? others : [...others, { name, value }]));
  };
  // Times are typed piece by piece: they are looked for when that is over.
  const time = (name: 'since' | 'until') => ({
    time: written.ok ? written.parameters[name] : undefined,
    onChange: (value: string) => {
      const others = written.ok ? written.qualifiers.filter((one) => one.name !== name) : [];
      setTyped(textOf(value === '' ? others : [...others, { name, value }]));
    },
    onEnd: () => typed.trim() !== text && written.ok && look(typed.trim()),
  });
  return (
    <Stack gap="xs">
      <form
        className={classes.filters}
        onSubmit={(event) => {
          event.preventDefault();
          look(typed.trim());
        }}
      >
        <TextInput
          ref={field}
          className={classes.query}
          label="Look for"
          placeholder="agent:sales-assistant outcome:edited record:contact/c-104 confidence:<=0.5 since:2026-11-01"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={parsed.ok ? undefined : <Written text={parsed.problem} />}
          spellCheck={false}
          autoCapitalize="off"
        />
        <Button type="submit" variant="default" leftSection={<Search size={15} aria-hidden />}>
          Search
        </Button>
        <div className={classes.break} />
        <NativeSelect
          label="What happened"
          value={chosen('type')}
          onChange={(event) => set('type', event.currentTarget.value)}
          data={[{ value: '', label: 'Anything' }, ...optionsOf(ENTRY_TYPES, chosen('type'), typeWords)]}
        />
        <NativeSelect
          label="Outcome"
          value={chosen('outcome')}
          onChange={(event) => set('outcome', event.currentTarget.value)}
          data={[
            { value: '', label: 'Any' },
            ...optionsOf(OUTCOMES, chosen('outcome'), (one) => firstUpper(spaced(one))),
          ]}
        />
        <TimeField label="From" twice="earlier" {...time('since')} />
        <TimeField label="Until" twice="later" {...time('until')} />
      </form>
      {qualifiers.length > 0 && (
        <Active
          qualifiers={qualifiers}
          onChange={(remaining) => {
            // The button that had the focus goes with what it removed.
            field.current?.focus();
            onChange(remaining);
          }}
        />
      )}
    </Stack>
  );
}

/** The options of a list, and what was typed if it is not among them. */
function optionsOf(values: readonly string[], value: string, words: (value: string) => string) {
  const all = value === '' || values.includes(value) ? values : [...values, value];
  return all.map((one) => ({ value: one, label: words(one) }));
}

function Active({
  qualifiers,
  onChange,
}: {
  readonly qualifiers: readonly Qualifier[];
  readonly onChange: Props['onChange'];
}) {
  return (
    <Group gap="xs">
      {qualifiers.map((one) => (
        <Pill
          key={one.name}
          size="md"
          withRemoveButton
          onRemove={() => onChange(textOf(qualifiers.filter(({ name }) => name !== one.name)))}
          removeButtonProps={{
            'aria-label': `Remove ${one.name}:${writtenOut(one.value)}`,
            'aria-hidden': false,
            tabIndex: 0,
          }}
        >
          {one.name}:<Written text={one.value} />
        </Pill>
      ))}
      <Button variant="subtle" size="compact-xs" onClick={() => onChange('')}>
        Remove all
      </Button>
    </Group>
  );
}
