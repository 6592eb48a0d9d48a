"""Whatever the rows say, each is accounted for, importing them again changes nothing, and the store verifies."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.interop.world import HEADER, world

DATES = st.sampled_from(["", "2025-01-06", "2025-01-20", "2025-12-31"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A1", "A2", "A3", "A4", ""]),
        st.sampled_from(["Ann", "Bob", ""]),
        st.sampled_from(["Desk", "desks", ""]),
        st.sampled_from(["3", "", "three"]),
        st.sampled_from(["new", "used", ""]),
        st.sampled_from(["Open", "Met", "Won", "Lost", "Gone"]),
        DATES,
        DATES,
        DATES,
        st.sampled_from(["1500", "-1", ""]),
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(ROWS, ROWS)
def test_every_row_is_accounted_for_and_a_second_import_changes_nothing(
    first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    with TemporaryDirectory() as folder:
        deals = world(Path(folder))
        for rows in (first, second):
            content = HEADER + "".join(",".join(row) + "\n" for row in rows)
            foretold = deals.take(content, dry_run=True)
            report = deals.take(content)
            assert report == foretold
            assert report.created + report.revised + report.unchanged + report.refused == report.rows == len(rows)
            entries = tuple(deals.store.histories())
            kept = report.created + report.revised + report.unchanged
            assert deals.take(content) == replace(report, created=0, revised=0, unchanged=kept, entries=0, assumed=0)
            assert tuple(deals.store.histories()) == entries
        assert tuple(deals.store.verify()) == ()
        deals.store.close()
