/** The collators that a schedule may name. */
import { firstCome, majority, unanimous, watchdog, type Collator } from "../protocols/call/collator.ts";

export const collatorNames = ["unanimous", "first-come", "majority", "watchdog"] as const;

export type CollatorName = (typeof collatorNames)[number];

export const collators: Readonly<Record<CollatorName, Collator>> = {
  unanimous,
  "first-come": firstCome,
  majority,
  watchdog,
};
