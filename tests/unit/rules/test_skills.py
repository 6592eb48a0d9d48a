"""What a state asks for, and who fits it best."""

from datetime import date

from salespm_flow.model.organisation import Organisation
from salespm_flow.model.workflow import Workflow
from salespm_flow.rules.skills import Gap, Need, candidates, match_of, need_of
from tests.unit.definition.texts import collected

FIRM = """
salespm: 1
kind: organisation
id: firm
version: 1
skills: {talk: {}, law: {}, drive: {}}
roles: {rep: {skills: {talk: 3, drive: 2}}}
people:
  wang: {roles: [rep], skills: {talk: 5, drive: 2}, away: [2026-05-06]}
  he: {roles: [rep], skills: {talk: 2, drive: 5}}
  liu: {roles: [rep], skills: {talk: 4, drive: 2, law: 1}}
  sun: {roles: [rep], skills: {talk: 4, drive: 3, law: 1}}
  gone: {roles: [rep], skills: {talk: 5, drive: 5, law: 5}, left_on: 2026-01-01}
  boss: {skills: {law: 5}}
"""
FLOW = """
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
uses: {organisation: firm}
initial: work
states:
  work:
    owner_role: rep
    skills: {drive: 1, law: 1}
    initial: talk
    states: {talk: {skills: {talk: 4}}, rest: {}}
  closed: {final: true}
transitions: {close: {from: work, to: closed}}
"""


def world() -> tuple[Workflow, Organisation]:
    made = collected(FLOW, FIRM)
    assert made.diagnostics == ()
    return made.library.workflows["deal"], made.library.organisations["firm"]


def test_a_state_asks_for_the_highest_level_of_itself_what_is_around_it_and_its_role() -> None:
    flow, firm = world()
    assert need_of(flow, ["work.talk"], firm) == Need(role="rep", skills={"talk": 4, "drive": 2, "law": 1})
    assert need_of(flow, ["closed"], firm) == Need(role=None, skills={})


def test_gaps_are_levels_below_the_need_and_an_absent_skill_is_none() -> None:
    _, firm = world()
    found = match_of(firm.people["he"], Need(role=None, skills={"talk": 4, "drive": 2, "law": 1}))
    assert found.gaps == (Gap(skill="talk", needed=4, level=2), Gap(skill="law", needed=1, level=0))
    assert (found.missing, found.spare) == (3, 3)


def test_candidates_are_ranked_by_presence_gaps_load_and_spare_levels() -> None:
    flow, firm = world()
    need = need_of(flow, ["work.talk"], firm)
    day = date(2026, 5, 6)
    assert [one.person for one in candidates(firm, need, day, {})] == ["sun", "liu", "he", "wang"]
    assert [one.person for one in candidates(firm, need, day, {"sun": 3})] == ["liu", "sun", "he", "wang"]
    assert [one.person for one in candidates(firm, need, date(2026, 5, 7), {})] == ["sun", "liu", "wang", "he"]


def test_without_a_role_everybody_here_is_a_candidate() -> None:
    _, firm = world()
    found = candidates(firm, Need(role=None, skills={"law": 4}), date(2026, 5, 7), {})
    assert found[0].person == "boss"
    assert "gone" not in {one.person for one in found}
