/** What came of a case of the campaign. */
export interface Report {
  readonly problems: string[];
  /** What happened in the run, counted: a case without its faults would test nothing. */
  readonly counts: Record<string, number>;
}
