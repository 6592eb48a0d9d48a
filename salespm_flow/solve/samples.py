"""Texts and lists to try for a field that only people can fill: what is there, extended by what the rules speak of.

The dots stand for what somebody would write; how many there are is how many characters are missing.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass
from salespm_flow.solve.domain import ANY_TEXT, Choice, Domain, Free, Ordered, key_of, measure_of, value_at

_MOST_PARTS: Final = 5
_MOST_LENGTHS: Final = 8
_LONGEST: Final = 400
_MOST_ITEMS: Final = 100
_MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Attempts:
    """Values to try, the nearest first; where all `probes` will do, anything does."""

    values: tuple[Value, ...]
    probes: tuple[Value, ...]


def attempts_at(domain: Free, before: Value, spoken: Sequence[Value]) -> Attempts:
    """What a person could write where `before` stands, as far as the rules speak of it."""
    lengths = lengths_among(spoken)
    if domain.items is not None:
        return _attempts_at_list(domain.items, domain.sample, before, spoken)
    texts = tuple(text for text in _texts(spoken) if text)
    return Attempts(values=texts_to_try(before, texts, lengths), probes=_probes(str(domain.sample), before, texts))


def _attempts_at_list(domain: Domain, stand_in: Value, before: Value, spoken: Sequence[Value]) -> Attempts:
    items = _items(domain, spoken)
    sample: Value = stand_in[0] if isinstance(stand_in, tuple) else stand_in
    probes: list[tuple[Value, ...]] = [(sample,), (sample,) * _MOST_ITEMS]
    probes += [(item,) for item in items[:_MOST_PARTS]]
    return Attempts(values=lists_to_try(before, items, lengths_among(spoken), sample), probes=tuple(probes))


def _items(domain: Domain, spoken: Sequence[Value]) -> tuple[Value, ...]:
    """What may stand in a list and is spoken of, or lies next to it."""
    match domain:
        case Choice(values=values):
            named = [value for value in map(key_of, spoken) if value in values]
            return tuple(dict.fromkeys((*named, *values[:_MOST_PARTS])))
        case Ordered():
            ticks = [
                tick
                for value in spoken
                if (amount := measure_of(value)) is not None and type(value) is type(value_at(domain, domain.low))
                for tick in (round(amount / domain.step), round(amount / domain.step) + 1)
                if domain.low <= tick <= domain.high
            ]
            return tuple(value_at(domain, tick) for tick in dict.fromkeys(ticks))
        case Free():
            return _texts(spoken)


def _texts(spoken: Sequence[Value]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(key_of, spoken) if isinstance(text, str)))


def lengths_among(values: Iterable[Value]) -> tuple[int, ...]:
    """The lengths that a text or list could be asked to have: the whole numbers spoken of and their neighbours."""
    found: dict[int, None] = {}
    for value in values:
        if isinstance(value, Decimal) and abs(value) <= _LONGEST and value == value.to_integral_value():
            found |= dict.fromkeys(length for length in (int(value), int(value) + 1, int(value) - 1) if length >= 0)
    return tuple(islice(found, 3 * _MOST_LENGTHS))


def texts_to_try(before: Value, spoken: Sequence[str], lengths: Sequence[int]) -> tuple[str, ...]:
    """Texts nearest to the present one first: those that keep it, then those made of what the rules speak of."""
    parts = tuple(spoken[:_MOST_PARTS])
    kept, made = dict.fromkeys(_kept(before, parts)), dict.fromkeys(_made(parts))
    stem = before.strip() if isinstance(before, str) else ""
    sized = [_fitted(base, length) for base in (*kept, *made) for length in lengths]
    alike = (text for text in sized if stem and (text.startswith(stem) or stem.startswith(text)))
    found = dict.fromkeys((*kept, *alike, *made, *sized))
    return tuple(islice((text for text in found if text.strip() and text != before), _MOST))


def _kept(before: Value, parts: Sequence[str]) -> Iterator[str]:
    if not isinstance(before, str) or not before.strip():
        return
    for part in parts:
        yield before.replace(part, "").strip()
        yield from (f"{before} {part}", f"{before}{part}", f"{part} {before}", f"{part}{before}")
    yield from (before.upper(), before.lower(), before.strip())
    for first, second in _pairs(parts):
        yield from (f"{before} {first} {second}", f"{first} {before} {second}", f"{first}{before}{second}")
    yield before


def _made(parts: Sequence[str]) -> Iterator[str]:
    yield from parts
    for first, second in _pairs(parts):
        yield from (f"{first} {second}", f"{first}{second}")
    yield ANY_TEXT


def _pairs(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((first, second) for first in parts for second in parts if first != second)


def _fitted(base: str, length: int) -> str:
    """The text cut to the length, or filled up to it with dots in front of its last word, at its end and before it."""
    return base[:length] if len(base) >= length else base + ANY_TEXT * (length - len(base))


def _probes(sample: str, before: Value, spoken: Sequence[str]) -> tuple[str, ...]:
    """A short text, a long one, and what the rules name, with something behind it."""
    named = tuple(f"{part}{sample}" for part in spoken[:_MOST_PARTS])
    return tuple(text for text in (sample, sample * _LONGEST, *named) if text != before)


def lists_to_try(
    before: Value, items: Sequence[Value], lengths: Sequence[int], sample: Value
) -> tuple[tuple[Value, ...], ...]:
    """Lists nearest to the present one first; `items` may stand in them, `sample` stands for any item."""
    present = before if isinstance(before, tuple) else ()
    parts = tuple(items[:_MOST_PARTS])
    bases = [
        present,
        *((*present, part) for part in parts if part not in present),
        *(tuple(item for item in present if item != part) for part in parts if part in present),
        (*present, *(part for part in parts if part not in present)),
        *((part,) for part in parts),
        parts,
    ]
    filler = tuple(dict.fromkeys((*items, sample)))
    sized = [_filled(base, length, filler) for base in bases for length in lengths if length <= _MOST_ITEMS]
    each = [tuple(_fitted(item, length) for item in present if isinstance(item, str)) for length in lengths]
    found = dict.fromkeys((*bases, *sorted(sized, key=lambda one: abs(len(one) - len(present))), *each))
    return tuple(islice((one for one in found if one and one != present), _MOST))


def _filled(base: tuple[Value, ...], length: int, filler: Sequence[Value]) -> tuple[Value, ...]:
    """The list cut to the length, or filled up to it, with different items as long as there are any."""
    fresh = [item for item in filler if item not in base]
    stuffing = [*fresh, *([filler[-1]] * length)]
    return (*base, *stuffing)[:length]
