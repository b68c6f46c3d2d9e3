-- A bank, as a specification of the 1980s would have it. --

Bank: PROGRAM 1985 VERSION 1 =
BEGIN

-- TYPES AND CONSTANTS --

AccountName: TYPE = STRING;
Amount: TYPE = LONG CARDINAL;	-- in cents

largestDeposit: Amount = 3641100B; -- 1,000,000 --
house: AccountName = "the ""house""";

Status: TYPE = {open(0), frozen(1), closed(177777B)};

Account: TYPE = RECORD [
	name: AccountName,
	balance: Amount,
	status: Status,
	history: SEQUENCE 16 OF Movement];

Movement: TYPE = CHOICE OF {
	deposit(0), withdrawal(1) => RECORD [amount: Amount, at: ARRAY 2 OF UNSPECIFIED],
	note(2) => STRING};

State: TYPE = RECORD [accounts: SEQUENCE OF Account];

-- ERRORS --

NoSuchAccount: ERROR [name: AccountName] = 1;
InsufficientFunds: ERROR [balance, needed: Amount] = 2;

-- PROCEDURES --

Open: PROCEDURE [name: AccountName] = 3;

Deposit: PROCEDURE [name: AccountName, amount: Amount]
	RETURNS [balance: Amount]
	REPORTS [NoSuchAccount] = 0;

Withdraw: PROCEDURE [name: AccountName, amount: Amount]
	RETURNS [balance: Amount]
	REPORTS [NoSuchAccount, InsufficientFunds] = 1;

Describe: PROCEDURE [name: AccountName]
	RETURNS [account: Account, size: CARDINAL]
	REPORTS [NoSuchAccount] = 7;

END. -- of Bank --
