// Names and texts of a log are whatever somebody put there. A character that nobody sees makes one name look like another, hides a text
// in another one, or turns the direction of what follows it. Whoever shows a text names these characters.

/** Without an effect after what these are written in: they have no forms that depend on what joins them. */
const UNJOINED = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Hebrew', 'Thai', 'Han', 'Hangul']
  .concat('Hiragana', 'Katakana', 'Common', 'Inherited')
  .map((script) => `\\p{Script=${script}}`)
  .join('');

/** A joiner or selector where it has an effect that is seen. One after another of its kind has none. */
const SHAPING = [
  // Between the letters of a script that joins them, as in Persian and Hindi.
  `(?<=[\\p{L}\\p{M}])(?<![${UNJOINED}])[\\u200c\\u200d\\u180b-\\u180d\\u180f]`,
  // Within one picture of several, and after one for its colour.
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  // Another form of an ideograph.
  '(?<=\\p{Ideographic})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
].join('|');

/**
 * A regular expression (with the flag `u`) for one character that is not seen: a control character but for tabs and ends of lines, what
 * changes the direction of a text or takes no room, where that changes nothing of what is seen.
 */
export const UNSEEN_RULE = `(?![\\n\\t])(?!${SHAPING})[\\p{Cc}\\p{Bidi_Control}\\u2028\\u2029\\p{Default_Ignorable_Code_Point}]`;
