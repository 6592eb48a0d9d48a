"""Reads dates written in a mapping's own form, such as `dd.MM.yyyy`. Knows no columns and no files."""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError

# The letters of Unicode's date patterns, as spreadsheets and Java write them; the longest first.
_PARTS: Final = {
    "yyyy": r"(?P<year>[0-9]{4})",
    "MM": r"(?P<month>[0-9]{2})",
    "M": r"(?P<month>[0-9]{1,2})",
    "dd": r"(?P<day>[0-9]{2})",
    "d": r"(?P<day>[0-9]{1,2})",
    "HH": r"(?P<hour>[0-9]{2})",
    "H": r"(?P<hour>[0-9]{1,2})",
    "mm": r"(?P<minute>[0-9]{2})",
    "ss": r"(?P<second>[0-9]{2})",
}
_LETTERS: Final = re.compile("[A-Za-z]+|[^A-Za-z]+")


def form_reader(form: str, zone: tzinfo) -> Callable[[str], datetime]:
    """A function that reads texts of the form as moments in `zone`; it raises InputError for any other text.

    Raises:
        InputError: the form itself cannot be understood, or lacks year, month or day.
    """
    pattern = "".join(_part(piece, form) for piece in _LETTERS.findall(form))
    try:
        compiled = re.compile(pattern)
    except re.error as error:  # a letter stands twice
        raise _no_form(form) from error
    if not {"year", "month", "day"} <= compiled.groupindex.keys():
        raise _no_form(form)

    def read(text: str) -> datetime:
        match = compiled.fullmatch(text.strip())
        if match is not None:
            try:
                return datetime(tzinfo=zone, **{name: int(digits) for name, digits in match.groupdict().items()})
            except ValueError:
                pass
        raise InputError(
            Bilingual(f"{shown(text)} 不是可用的日期", f"{shown(text)} is not a date that can be read"),
            Bilingual(f"应写成 {form}", f"expected {form}"),
        )

    return read


def _part(piece: str, form: str) -> str:
    if not piece[0].isalpha() or not piece.isascii():
        return re.escape(piece)
    pattern = ""
    # Letters run together in a form such as yyyyMMdd.
    for letters in re.finditer(r"(.)\1*", piece):
        found = _PARTS.get(letters[0])
        if found is None and letters[0] != "T":
            raise _no_form(form)
        pattern += found or "T"
    return pattern


def _no_form(form: str) -> InputError:
    return InputError(
        Bilingual(
            f"映射中的日期格式 {shown(form)} 无法识别",
            f"the date format {shown(form)} of the mapping is not understood",
        ),
        Bilingual(
            "用 yyyy、MM、dd 各一次，时间用 HH、mm、ss，例如 dd.MM.yyyy HH:mm",
            "use yyyy, MM and dd once each, for times HH, mm and ss: dd.MM.yyyy HH:mm",
        ),
    )
