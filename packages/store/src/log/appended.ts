/** An entry that is durable in the log. */
export interface Appended {
  readonly tenant: string;
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
  readonly time: string;
  /** True when the log had this id already; the entry is the one appended first. */
  readonly duplicate: boolean;
}
