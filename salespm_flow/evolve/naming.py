"""Whether a document is called otherwise, or is for another purpose now: told, and safe for whoever runs on it."""

from collections.abc import Iterator

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.evolve.difference import Difference, Impact, Nature
from salespm_flow.evolve.versions import Place, told

_NAMES = {"title": Bilingual("标题", "The title"), "purpose": Bilingual("用途", "The purpose")}
_NONE = Bilingual("", "")


def naming_differences(old: object, new: object, former: Span, span: Span) -> Iterator[Difference]:
    """The title and the purpose of a document, where it has them and they read otherwise; in English as it is kept."""
    for part, name in _NAMES.items():
        was, now = getattr(old, part, None) or _NONE, getattr(new, part, None) or _NONE
        if was != now:
            place = Place(path=part, subject=part, name=name, span=span, former=former)
            words = Bilingual(f"从“{was.zh}”改为“{now.zh}”", f'was "{was.en}" and is "{now.en}"')
            yield told(place, Nature.CHANGED, Impact.SAFE, words, was=was.en, now=now.en)
