"""Foreign formats in and out, one file each. Knows no face of the program."""
