import { Alert } from '@mantine/core';
import { Fragment } from 'react';
import { useSearchParams } from 'react-router';
import { LongText } from './written.tsx';

/** What an address asks its page for, behind the `?`. */
export interface Asked<Name extends string> {
  /** What can be meant. */
  readonly values: Readonly<Partial<Record<Name, string>>>;
  /** The rest, such as `days=-5`: a page that left it out without a word would pass for the one that was asked for. */
  readonly others: readonly string[];
}

/** @param rules what each parameter of the page may be; an empty one is none */
export function useAsked<Name extends string>(rules: Readonly<Record<Name, RegExp>>): Asked<Name> {
  const [search] = useSearchParams();
  const values: Partial<Record<Name, string>> = {};
  const others: string[] = [];
  for (const [name, value] of search) {
    if (value === '' && Object.hasOwn(rules, name)) continue;
    const isMeant =
      Object.hasOwn(rules, name) && !Object.hasOwn(values, name) && rules[name as Name].test(value);
    if (isMeant) values[name as Name] = value;
    else others.push(`${name}=${value}`);
  }
  return { values, others };
}

/** Says what of the address was left out. */
export function NotMeant({ others }: Pick<Asked<string>, 'others'>) {
  if (others.length === 0) return null;
  return (
    <Alert color="yellow" title="Part of the address means nothing here" role="status">
      What is shown is without{' '}
      {others.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same may stand there twice
        <Fragment key={i}>
          {i > 0 && ', '}“<LongText text={one} />”
        </Fragment>
      ))}
      .
    </Alert>
  );
}
