"""The rule book: editions of the reference data, replayed over past decisions and put in force by two people."""
