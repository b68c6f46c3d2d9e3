/** What the user gave cannot be used. The message is one whole sentence for a person; the command line exits with 2. */
export class BadData extends Error {
  override readonly name = "BadData";
}
