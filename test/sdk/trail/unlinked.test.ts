import { canonicalize, entryHash } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { type Row, raw } from '../../support/raw.ts';
import { ben, codeOf, newWorld, TENANT, update, updateContact, verifiedEntries } from './world.ts';
