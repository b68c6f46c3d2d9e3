/** A command did not do what it was told, and neither its words nor the program are wrong: exit status 1. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}
