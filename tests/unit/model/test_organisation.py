"""Who stands where in an organisation: managers, absences and deputies."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.model.organisation import (
    Organisation,
    Standing,
    acting_for,
    has_left,
    holders,
    is_away,
    manager_of,
    roles_of,
    standings,
)
from tests.unit.definition.texts import document

FIRM = """
salespm: 1
kind: organisation
id: firm
version: 1
roles: {rep: {}, boss: {}, clerk: {}}
units:
  firm: {manager: zhou}
  market: {parent: firm}
  east: {parent: market, manager: zhao}
  north: {parent: market}
people:
  wang: {unit: east, roles: [rep], deputy: he, away: [2026-05-06..2026-05-10, 2026-06-01]}
  he: {unit: east, roles: [rep, clerk], deputy: zhao, away: [2026-05-10]}
  zhao: {unit: east, roles: [boss], deputy: zhou}
  zhou: {unit: market, roles: [boss], deputy: zhao}
  liu: {unit: north, deputy: wang, left_on: 2026-04-01}
  guest: {}
"""


def organisation(text: str = FIRM) -> Organisation:
    found = document(text)
    assert isinstance(found, Organisation)
    return found


def test_the_manager_is_the_units_or_the_next_one_up() -> None:
    firm = organisation()
    managers = {person: manager_of(firm, person) for person in (*firm.people, "nobody")}
    assert managers == {
        "wang": "zhao",
        "he": "zhao",
        "zhao": "zhou",
        "zhou": None,
        "liu": "zhou",
        "guest": None,
        "nobody": None,
    }


def test_absences_include_both_ends_and_a_leaver_never_comes_back() -> None:
    firm = organisation()
    days = [date(2026, 5, 5), date(2026, 5, 6), date(2026, 5, 10), date(2026, 5, 11), date(2026, 6, 1)]
    assert [is_away(firm, "wang", day) for day in days] == [False, True, True, False, True]
    around = [date(2026, 3, 31), date(2026, 4, 1), date(2030, 1, 1)]
    assert [is_away(firm, "liu", day) for day in around] == [False, True, True]
    assert [has_left(firm, "liu", day) for day in around] == [False, True, True]
    assert not is_away(firm, "nobody", days[0])


def test_a_deputy_stands_for_those_who_named_him_and_not_for_whom_they_stand() -> None:
    firm = organisation()
    assert acting_for(firm, "he", date(2026, 5, 7)) == ("wang",)
    assert acting_for(firm, "he", date(2026, 5, 11)) == ()
    # On the tenth both are away: zhao stands for he, but nobody stands for wang.
    assert acting_for(firm, "zhao", date(2026, 5, 10)) == ("he",)
    assert acting_for(firm, "wang", date(2026, 5, 7)) == ("liu",)


def test_holders_and_roles_are_in_file_order() -> None:
    firm = organisation()
    assert [person.id for person in holders(firm, "boss")] == ["zhao", "zhou"]
    assert (roles_of(firm, "he"), roles_of(firm, "nobody")) == (("rep", "clerk"), ())


def test_standing_is_ones_own_roles_and_those_of_absent_colleagues() -> None:
    firm, day = organisation(), date(2026, 5, 7)
    assert standings(firm, "he", day) == (Standing("he", ("rep", "clerk")), Standing("wang", ("rep",)))
    assert standings(firm, "he", day, "clerk") == (Standing("he", ("clerk",)), Standing("wang", ()))
    assert standings(firm, "nobody", day) == ()
    assert standings(firm, "liu", day) == ()


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6), st.integers(0, 400))
def test_nobody_stands_for_himself_or_for_somebody_present(deputies: list[int], offset: int) -> None:
    ids = [f"p{number}" for number in range(6)]
    lines = [
        f"  {one}: {{deputy: {ids[deputy]}, away: [2026-0{number + 1}-01..2026-0{number + 1}-15]}}"
        for number, (one, deputy) in enumerate(zip(ids, deputies, strict=True))
        if ids[deputy] != one
    ]
    lines += [f"  {one}: {{}}" for one, deputy in zip(ids, deputies, strict=True) if ids[deputy] == one]
    firm = organisation("salespm: 1\nkind: organisation\nid: firm\nversion: 1\npeople:\n" + "\n".join(lines) + "\n")
    day = date(2026, 1, 1) + timedelta(days=offset)
    stood_for = [(deputy, one) for deputy in ids for one in acting_for(firm, deputy, day)]
    assert all(deputy != one and is_away(firm, one, day) for deputy, one in stood_for)
    assert len({one for _, one in stood_for}) == len(stood_for)
