import { ERASED_TYPE, RETENTION_PRUNED, readErased } from '@sealtrail/format';
import { Accounts } from '../checks/accounts.ts';

/** An entry that accounts for something, and where it stands. */
export interface AccountEntry {
  readonly type: string;
  readonly text: string;
  readonly position: number;
}

/** Keeps what accounts for something instead of judging it: it may be about another part of the log. */
export class RecordedAccounts extends Accounts {
  readonly entries: AccountEntry[] = [];
  /** An entry accounts for what stands after it: then it matters which of the two is met first. */
  ahead = false;

  override take(type: string, text: () => string, position: number): void {
    if (type !== ERASED_TYPE && type !== RETENTION_PRUNED) return;
    const entry = { type, text: text(), position };
    this.entries.push(entry);
    if (type !== ERASED_TYPE) return;
    for (const { at } of readErased(entry.text)?.values ?? [])
      for (const [, to] of at) this.ahead ||= to >= position;
  }
}
