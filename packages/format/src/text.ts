/** Number of bytes of a well-formed string in UTF-8. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) continue;
    if (c < 0x800) bytes += 1;
    else if (c >= 0xd800 && c < 0xdc00) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** Whether a well-formed string takes at most `limit` bytes in UTF-8; looks at the characters only when it must. */
export function fitsUtf8(text: string, limit: number): boolean {
  if (text.length > limit) return false;
  return text.length * 3 <= limit || utf8Length(text) <= limit;
}

/** {@link fitsUtf8} for a part of a text. */
export function fitsUtf8Between(text: string, from: number, to: number, limit: number): boolean {
  return (to - from) * 3 <= limit || fitsUtf8(text.slice(from, to), limit);
}
