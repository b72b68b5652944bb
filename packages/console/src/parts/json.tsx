import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './json.module.css';
import { LongText, Written } from './written.tsx';

/** Any value that an entry holds: an object member by member, what lies deeper as it is written. */
export function Value({ value }: { readonly value: unknown }) {
  if (value === undefined) {
    return (
      <Text span c="dimmed">
        nothing
      </Text>
    );
  }
  if (typeof value === 'string') {
    return <span className={classes.text}>{value === '' ? '“”' : <LongText text={value} />}</span>;
  }
  // Not as a text: `7` is not `"7"`.
  if (typeof value !== 'object' || value === null) return <Code>{String(value)}</Code>;
  return (
    <Code className={classes.text}>
      <LongText text={JSON.stringify(value)} />
    </Code>
  );
}

/** Names and what stands under them. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>
            <Written text={name} />
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The members of an object; objects among them one level deeper. */
export function Members({ members, depth = 1 }: { readonly members: object; readonly depth?: number }) {
  return (
    <Facts
      facts={Object.entries(members).map(([name, value]) => [
        name,
        depth > 0 && isPlain(value) ? (
          <Members key={name} members={value} depth={depth - 1} />
        ) : (
          <Value key={name} value={value} />
        ),
      ])}
    />
  );
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}
