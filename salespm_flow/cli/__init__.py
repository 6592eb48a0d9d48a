"""The command line: parses input, calls, renders. Takes no decision of the domain."""
