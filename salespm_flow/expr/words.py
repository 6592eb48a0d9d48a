"""The function names with spaces, which a reader of tokens must know. Knows no node."""

# The built-in functions with spaces in their names. The function table holds the same ones; a test compares them.
SPACED_FUNCTIONS = (
    "date and time",
    "day of week",
    "day of year",
    "distinct values",
    "ends with",
    "finished by",
    "index of",
    "insert before",
    "is defined",
    "list contains",
    "list replace",
    "lower case",
    "met by",
    "month of year",
    "overlaps after",
    "overlaps before",
    "round down",
    "round half down",
    "round half up",
    "round up",
    "started by",
    "starts with",
    "string join",
    "string length",
    "substring after",
    "substring before",
    "upper case",
    "week of year",
    "working days",
    "years and months duration",
)
# Of FEEL, and read as calls so that they can be refused by name.
LEFT_OUT = ("context merge", "context put", "get entries", "get value")
