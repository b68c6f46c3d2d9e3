/** The search through the states of a level, as far as they are known; it stops where a process must be played. */
import type { Unplayed } from "./state.ts";

export interface Search {
  /** Goes on until a history must be played, or until the end. */
  go(): Unplayed | undefined;
  /** Whether all states within the bounds were visited. */
  readonly isDone: boolean;
}
