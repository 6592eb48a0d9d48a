"""Text for XML 1.0: escaped, and without the characters that it cannot hold."""

import re
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def text(value: str) -> str:
    """The value as the content of an element."""
    return escape(_FORBIDDEN.sub("\ufffd", value))


def attributes(**values: str | int) -> str:
    """The values as attributes in their order, each after a space."""
    pairs = ((name, _FORBIDDEN.sub("\ufffd", str(value))) for name, value in values.items())
    return "".join(f" {name}={quoteattr(value, _LINE_ENDS)}" for name, value in pairs)
