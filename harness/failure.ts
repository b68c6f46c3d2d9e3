/** A command has failed though its arguments and the program are right: exit status 1. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** The experiment's own code threw: not the user's words are wrong, and not the harness. */
export class ExperimentFailed extends Error {
  override readonly name = "ExperimentFailed";
}
