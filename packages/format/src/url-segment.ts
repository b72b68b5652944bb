// `.` and `..` are names like any other, and in a path they mean another place, percent-encoded too: whoever carries a URL takes them out.

/** No name and no reference holds a control character. */
const MARK = '\u0080';
const DOTS = /^\.{1,2}$/;
const MARKED = new RegExp(`^${MARK}(?=\\.{1,2}$)`);

/** A name or reference as a segment of a URL's path, which is percent-encoded then: `%C2%80.` and `%C2%80..` for the two. */
export function toUrlSegment(name: string): string {
  return DOTS.test(name) ? `${MARK}${name}` : name;
}

/** What a decoded segment of a path names. */
export function fromUrlSegment(segment: string): string {
  return segment.replace(MARKED, '');
}
