"""Finding values that make expressions true: the smallest change of fields and rows. Knows no engine and no storage."""
