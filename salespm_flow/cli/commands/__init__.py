"""One module a command, loaded when it is called; what several commands share stands one floor below."""
