/** A value that cannot be carried. */
export class Refusal extends TypeError {
  /** "Bank.accounts[3]". */
  readonly place: string;
  /** "is a function, ...". */
  readonly what: string;
  readonly remedy: string;

  constructor(place: string, what: string, remedy: string) {
    super(`${place} ${what}; ${remedy}`);
    this.name = "TypeError";
    this.place = place;
    this.what = what;
    this.remedy = remedy;
  }
}

/** The refusal of a value within itself, or of a chain: its place has one name for each level. */
export function tooDeep(place: string, limit: number): Refusal {
  const shown = place.length <= 40 ? place : `${place.slice(0, 40)}...`;
  return new Refusal(shown, `is nested more than ${limit} deep, or contains itself`, "expected a value of less depth");
}
