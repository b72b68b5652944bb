import { vectors } from '../vectors/load.ts';

interface KeyCase {
  name: string;
  id: string;
  seed: string;
  public: string;
  vkey: string;
  private: string;
}

/** The known answers, from an implementation in another language. */
export const known = vectors<{
  note: { vkey: string; note: string };
  log: KeyCase;
  next: KeyCase;
  witnesses: KeyCase[];
  times: number[];
  leaves: number;
  checkpoint: { text: string; note: string; cosigned: string; both: string };
  proof: { index: number; text: string };
  request: { old: number; body: string };
  paths: { level: number | 'entries'; index: number; width: number; path: string }[];
  trees: { size: number; tiles: Record<string, string> }[];
}>('tlog.json');

export const leafTexts = Array.from({ length: known.leaves }, (_, i) => `leaf ${i}`);
