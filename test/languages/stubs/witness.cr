-- Types of every kind, and types of Xerox's programs, in an order that compilers without forward references take. --
Witness: PROGRAM 1 VERSION 1 =
BEGIN

Flag: TYPE = BOOLEAN;
Card: TYPE = CARDINAL;
LongCard: TYPE = LONG CARDINAL;
Int: TYPE = INTEGER;
LongInt: TYPE = LONG INTEGER;
Word: TYPE = UNSPECIFIED;
Text: TYPE = STRING;

Colour: TYPE = {red(0), green(256), blue(65535)};
Point: TYPE = RECORD [x, y: INTEGER];
Longs: TYPE = ARRAY 3 OF LONG INTEGER;
Texts: TYPE = SEQUENCE OF STRING;
Points: TYPE = SEQUENCE 4 OF Point;
Table: TYPE = ARRAY 2 OF SEQUENCE OF CARDINAL;
Box: TYPE = RECORD [name: STRING, corners: ARRAY 2 OF Point, filled: BOOLEAN, colour: Colour];
Shape: TYPE = CHOICE Colour OF {red => CARDINAL, green, blue => Point};
Figure: TYPE = CHOICE OF {none(0) => RECORD [], dot(7) => Point, label(65535) => STRING};
Tree: TYPE = CHOICE OF {leaf(1) => LONG CARDINAL, node(2) => SEQUENCE OF Tree};

-- Clearinghouse --
ThreePartName: TYPE = RECORD [organization: STRING, domain: STRING, object: STRING];
NetworkAddress: TYPE = RECORD [network: ARRAY 2 OF UNSPECIFIED, host: ARRAY 3 OF UNSPECIFIED, socket: UNSPECIFIED];
NetworkAddressList: TYPE = SEQUENCE 40 OF NetworkAddress;
MailboxesValue: TYPE = RECORD [time: LONG CARDINAL, mailService: SEQUENCE OF ThreePartName];
AuthenticationLevelValue: TYPE = RECORD [simpleSupported, strongSupported: BOOLEAN];
UserDataValue: TYPE = RECORD [lastNameIndex: CARDINAL, fileService: ThreePartName];

-- Authentication --
CredentialsType: TYPE = {simple(0), strong(1)};
Credentials: TYPE = RECORD [type: CredentialsType, value: SEQUENCE OF UNSPECIFIED];
Verifier: TYPE = SEQUENCE 12 OF UNSPECIFIED;
Key: TYPE = ARRAY 4 OF UNSPECIFIED;
StrongCredentials: TYPE = RECORD [conversationKey: Key, expirationTime: LONG CARDINAL, initiator: ThreePartName];
StrongVerifier: TYPE = RECORD [timeStamp, ticks: LONG CARDINAL];

-- Bulk Data --
Identifier: TYPE = RECORD [host: ARRAY 3 OF UNSPECIFIED, hostRelativeIdentifier: ARRAY 2 OF UNSPECIFIED];
Descriptor: TYPE = CHOICE OF {
  null(0), immediate(1) => RECORD [],
  passive(2), active(3) => RECORD [
    network: ARRAY 2 OF UNSPECIFIED, host: ARRAY 3 OF UNSPECIFIED, identifier: Identifier]};

-- Time --
PacketType: TYPE = {request(1), response(2)};
PacketData: TYPE = CHOICE PacketType OF {
  request => RECORD [],
  response => RECORD [
    currentTime: LONG CARDINAL, offsetDirection: {west(0), east(1)}, offsetHours, offsetMinutes: CARDINAL,
    startOfDST, endOfDST: CARDINAL, toleranceType: {unknownTolerance(0), inMilliSeconds(1)},
    tolerance: LONG CARDINAL]};

-- Printing --
PrintAttributes: TYPE = SEQUENCE 3 OF CHOICE OF {
  printObjectName(0) => STRING, printObjectCreateDate(1) => LONG CARDINAL, senderName(2) => STRING};
Paper: TYPE = CHOICE OF {
  unknown(0) => RECORD [], knownSize(1) => {usLetter(1), a4(7), jisB10(34)},
  otherSize(2) => RECORD [width, length: CARDINAL]};
Medium: TYPE = CHOICE OF {paper(0) => Paper};
PrintOptions: TYPE = SEQUENCE 10 OF CHOICE OF {
  printObjectSize(0) => LONG CARDINAL, recipientName(1) => STRING, message(2) => STRING, copyCount(3) => CARDINAL,
  pagesToPrint(4) => RECORD [beginningPageNumber, endingPageNumber: CARDINAL], mediumHint(5) => Medium,
  priorityHint(6) => {low(0), normal(1), high(2)}, releaseKey(7) => CARDINAL, staple(8) => BOOLEAN,
  twoSided(9) => BOOLEAN};

END.
