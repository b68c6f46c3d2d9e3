/** A command has failed though its arguments and the program are right: exit status 1. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}
