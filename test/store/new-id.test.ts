import { newId } from '@sealtrail/store';
import { describe, expect, it, vi } from 'vitest';

describe('a new id', () => {
  it('is a UUID of version 7, and those of a later moment come later', () => {
    vi.useFakeTimers();
    try {
      // The example of RFC 9562, appendix A.6.
      vi.setSystemTime(0x017f22e279b0);
      const first = Array.from({ length: 1_000 }, newId);
      vi.setSystemTime(0x017f22e279b1);
      const later = Array.from({ length: 1_000 }, newId);
      for (const id of first)
        expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(new Set([...first, ...later]).size).toBe(2_000);
      expect((first.toSorted().at(-1) as string) < (later.toSorted()[0] as string)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
