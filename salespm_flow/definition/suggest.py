"""Says, and writes as a fix, which known name a mistyped one in a definition means."""

import re
from collections.abc import Iterable

from salespm_flow.definition.findings import replacement, shown
from salespm_flow.definition.nodes import ScalarNode, text_span
from salespm_flow.diagnostics import Bilingual, Fix, Span
from salespm_flow.suggest import nearest_name, only_near

# What can stand unquoted in any place of a YAML file; a number or `null` in a name's place would not be one.
_PLAIN_NAME = re.compile(r"[^\W\d][\w.@/-]*")


def did_you_mean(name: str, known: Iterable[str]) -> Bilingual | None:
    """The hint that names the nearest known name, None where nothing is like it."""
    nearest = nearest_name(name, known)
    return None if nearest is None else Bilingual(f"是否想写 {shown(nearest)}？", f"did you mean {shown(nearest)}?")


def renaming(node: ScalarNode, known: Iterable[str]) -> Fix | None:
    """The fix that writes the nearest known name in place of the scalar's text; safe where only letter case differs."""
    return renaming_at(text_span(node, 0, len(node.text)), node.text, known)


def renaming_at(span: Span, name: str, known: Iterable[str]) -> Fix | None:
    """As `renaming`, for a name that stands plain at `span`."""
    meant = only_near(name, known) if name else None
    if meant is None or _PLAIN_NAME.fullmatch(meant) is None:
        return None
    return replacement(span, name, meant, is_safe=meant.casefold() == name.casefold())


def with_more(hint: Bilingual | None, more: Bilingual) -> Bilingual:
    """The hint, if any, with another sentence behind it."""
    if hint is None:
        return more
    zh = f"{hint.zh}{more.zh}" if hint.zh.endswith("？") else f"{hint.zh}；{more.zh}"
    return Bilingual(zh, f"{hint.en} {more.en}" if hint.en.endswith("?") else f"{hint.en}; {more.en}")


def suggestion(name: str, known: Iterable[str]) -> Bilingual | None:
    """The did-you-mean hint, else the known names where they are few, else None."""
    names = tuple(known)
    found = did_you_mean(name, names)
    if found is None and 0 < len(names) <= 12:  # noqa: PLR2004 - more names than one line holds are no help
        listed = ", ".join(names)
        return Bilingual(f"可用：{listed}", f"known: {listed}")
    return found
