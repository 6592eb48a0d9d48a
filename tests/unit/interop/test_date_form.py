"""Dates in a mapping's own form."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.errors import InputError
from salespm_flow.interop.date_form import form_reader


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("yyyy-MM-dd", "2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("dd.MM.yyyy", "02.03.2026", datetime(2026, 3, 2, tzinfo=UTC)),
        ("yyyyMMdd", "20260302", datetime(2026, 3, 2, tzinfo=UTC)),
        ("M/d/yyyy H:mm", "3/2/2026 9:05", datetime(2026, 3, 2, 9, 5, tzinfo=UTC)),
        ("yyyy年M月d日", "2026年3月2日", datetime(2026, 3, 2, tzinfo=UTC)),
        ("yyyy-MM-ddTHH:mm:ss", "2026-03-02T09:05:07", datetime(2026, 3, 2, 9, 5, 7, tzinfo=UTC)),
    ],
)
def test_form_reads_its_dates(form: str, text: str, expected: datetime) -> None:
    assert form_reader(form, UTC)(text) == expected


@pytest.mark.parametrize(
    "text", ["2026-13-02", "2026-02-30", "26-03-02", "02.03.2026", "2026-03-02 09:00", "x", "２０２６-03-02"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        form_reader("yyyy-MM-dd", UTC)(text)
    assert refused.value.message.en == f"`{text}` is not a date that can be read"
    assert refused.value.hint is not None
    assert refused.value.hint.en == "expected yyyy-MM-dd"


@pytest.mark.parametrize("form", ["", "yyyy-MM", "yyyy-MM-dd-dd", "YYYY-MM-DD", "dd MMM yyyy", "(yyyy"])
def test_form_that_says_no_date_is_refused(form: str) -> None:
    with pytest.raises(InputError) as refused:
        form_reader(form, UTC)
    assert refused.value.message.zh == f"映射中的日期格式 `{form}` 无法识别"


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 -- the bound of naive draws
def test_what_a_form_writes_is_read_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert form_reader("yyyy-MM-dd HH:mm:ss", UTC)(whole.strftime("%Y-%m-%d %H:%M:%S")) == whole
