import type { CloudEvent } from '@sealtrail/events';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportSamples, jsonLines } from './helpers/stored.ts';

const ATTRIBUTE_NAME = /^[a-z0-9]{1,20}$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
// RFC 3986: the characters of a path, each percent sign before two hex digits.
const URI_PATH = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})+$/;
// The type String (CloudEvents 1.0.2, section 3.1): no control characters, no lone surrogates, no noncharacters.
const NOT_IN_STRINGS = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

let events: CloudEvent[];

describe('a log with every entry type, as CloudEvents', () => {
  beforeAll(async () => {
    events = jsonLines((await exportSamples({ format: 'cloudevents' })).text);
  });

  it('has the required attributes, with legal values', () => {
    for (const event of events) {
      expect(event.specversion).toBe('1.0');
      expect(event.id).not.toBe('');
      expect(event.source).toMatch(URI_PATH);
      expect(event.type).toMatch(/^[a-z]+(\.[a-z0-9_]+)+$/);
      expect(event.time).toMatch(RFC3339);
      expect(event.datacontenttype).toBe('application/json');
    }
  });

  it('has attributes with legal names, each a string of legal characters', () => {
    for (const { data: _, ...attributes } of events) {
      for (const [name, value] of Object.entries(attributes)) {
        expect(name).toMatch(ATTRIBUTE_NAME);
        expect(typeof value).toBe('string');
        expect(value).not.toBe('');
        expect(value).not.toMatch(NOT_IN_STRINGS);
      }
    }
  });

  it('is unique by source and id, and in order by sequence as a string', () => {
    const keys = events.map(({ source, id }) => `${source} ${id}`);
    expect(new Set(keys).size).toBe(events.length);
    const sequences = events.map(({ sequence }) => sequence);
    expect(sequences.toSorted()).toEqual(sequences);
    expect(sequences.map(Number)).toEqual(events.map((_, seq) => seq));
  });

  it('carries the entry as data, and says where it stands in the log', () => {
    for (const [seq, { tenant, hash, data, type, id }] of events.entries()) {
      expect({ tenant, type, id }).toEqual({
        tenant: data.tenant,
        type: `dev.sealtrail.${data.type}`,
        id: data.id,
      });
      expect(data.seq).toBe(seq);
      expect(events[seq + 1]?.data.prev ?? hash).toBe(hash);
    }
  });

  it('has the first target as subject, if it has one that an attribute can hold', () => {
    const subjectOf = (id: string) => events.find((event) => event.id.endsWith(`~${id}`))?.subject;
    expect(subjectOf('p-1:created')).toBe('deal/d-1');
    expect(subjectOf('foreign-2')).toBe("note/=cmd|' /C calc'!A0");
    expect(subjectOf('foreign-1')).toBeUndefined();
    expect(subjectOf('foreign-3')).toBeUndefined();
  });
});
