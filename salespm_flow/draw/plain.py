"""Texts of others made safe to show: without control and direction characters, which can turn what is read around."""

import re
from typing import Final

# Controls; marks, embeddings, overrides and isolates of direction; separators of lines; invisible tags.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def plain(words: str) -> str:
    """The words on one line, a sign in the place of every character that could deceive."""
    return _UNSEEN.sub("\ufffd", words.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
