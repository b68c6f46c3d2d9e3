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
