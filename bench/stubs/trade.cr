-- A record of 94 bytes, and a procedure that takes and returns it. --

Trading: PROGRAM 94 VERSION 1 =
BEGIN

Trade: TYPE = RECORD [
	id: LONG CARDINAL,
	account, symbol, venue: STRING,
	side: {buy(0), sell(1)},
	quantity, price: LONG CARDINAL,
	time: ARRAY 2 OF LONG CARDINAL,
	flags: CARDINAL,
	note: STRING];

Book: PROCEDURE [trade: Trade] RETURNS [booked: Trade] = 0;

END.
