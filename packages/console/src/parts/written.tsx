import { UNSEEN_RULE } from '@sealtrail/format';
import { useState } from 'react';
import classes from './json.module.css';
import { usePrinting } from './printing.tsx';
import { number } from './words.ts';

// Texts of a log are whatever somebody put there, and are shown so that they cannot pass for something else.

const UNSEEN = new RegExp(`(${UNSEEN_RULE})`, 'u');

/** What of a long text is shown at first, and from which length on it is long. */
const BEGINNING = 600;
const LONG = 900;

const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A text whose unseen characters are named, for where nothing else can stand: a title, a label of a chart. */
export const writtenOut = (text: string): string =>
  text
    .split(UNSEEN)
    .map((part, i) => (i % 2 === 0 ? part : nameOf(part)))
    .join('');

/** A text in its own direction; a character that would not be seen is named instead. */
export function Written({
  text,
  className,
}: {
  readonly text: string;
  readonly className?: string | undefined;
}) {
  return (
    <bdi className={className}>
      {text.split(UNSEEN).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have nothing but their place
          <span key={i} className={classes.unseen} title="A character that cannot be seen">
            {nameOf(part)}
          </span>
        ),
      )}
    </bdi>
  );
}

/** The same, of any length: of a long text the beginning, and all of it when it is asked for. */
export function LongText({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  const isPrinting = usePrinting() !== undefined;
  if (isPrinting || text.length <= LONG) return <Written text={text} />;
  // Not in the middle of a character.
  const beginning = text.slice(0, BEGINNING).replace(/[\ud800-\udbff]$/, '');
  return (
    <>
      <Written text={isWhole ? text : `${beginning}…`} />{' '}
      <button
        type="button"
        className={classes.more}
        aria-expanded={isWhole}
        onClick={() => setWhole(!isWhole)}
      >
        {isWhole ? 'Show less' : `Show all ${number(text.length)} characters`}
      </button>
    </>
  );
}
