"""What the options that every command shares were set to. Knows only texts, not what they mean."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Choices:
    """The shared options as given, each None until it is; one after the command wins over one before it."""

    lang: str | None = None
    store: str | None = None
    workspace: str | None = None
    format: str | None = None
    actor: str | None = None
    role: str | None = None
    now: str | None = None
    dry_run: bool = False
    key: str | None = None
    comment: str | None = None
