/** What the user gave to the simulator cannot be used. The message is one whole sentence for a person. */
export class BadData extends Error {
  override readonly name = "BadData";
}
