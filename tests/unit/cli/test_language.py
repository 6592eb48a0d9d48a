"""Which language is spoken, from arguments and environment."""

import pytest

from salespm_flow.cli.language import asked_language, locale_language
from salespm_flow.diagnostics import Language


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["list", "--lang", "zh"], Language.ZH),
        (["--lang=en", "list"], Language.EN),
        (["--lang", "en", "list", "--lang", "zh"], Language.ZH),
        (["list", "--", "--lang", "zh"], None),
        (["--lang"], None),
        (["--lang", "fr"], None),
    ],
)
def test_asked_language_is_the_last_one_given(arguments: list[str], expected: Language | None) -> None:
    assert asked_language(arguments) is expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Language.ZH),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, Language.EN),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW"}, Language.ZH),
        ({"LANG": "C.UTF-8"}, None),
        ({}, None),
    ],
)
def test_locale_tells_the_language_unless_it_is_neutral(environment: dict[str, str], expected: Language | None) -> None:
    assert locale_language(environment) is expected
