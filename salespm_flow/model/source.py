"""Where a document came from: the text that a project is pinned to."""

from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A definition file's text; `digest` is the SHA-256 of its UTF-8 bytes in hexadecimal."""

    kind: str
    id: str
    version: int
    path: str
    text: str
    digest: str
