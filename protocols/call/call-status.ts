/**
 * The status of a call at a member of the calling troupe, for a server that waits for the CALL of that member.
 *
 * The server asks by an inquiry (server/inquiry.ts); the member answers from what it knows of its threads
 * (program/inquiries.ts).
 *
 * | status      | the member                                         | the server                                                |
 * | ----------- | -------------------------------------------------- | --------------------------------------------------------- |
 * | `coming`    | has not reached the call, or is making it here     | waits                                                     |
 * | `gone`      | is past the call, and does not make it here again  | counts the member as absent from this call, and no other  |
 * | `elsewhere` | has made the call to another troupe                | counts a CALL that differs: the members disagree          |
 * | `unknown`   | does not execute the procedure that makes the call | waits for as long as a caller is patient, and no longer   |
 */
export type CallStatus = "coming" | "gone" | "elsewhere" | "unknown";
