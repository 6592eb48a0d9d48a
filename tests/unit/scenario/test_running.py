"""Scenarios run through the engine: every kind of step and of expectation, and what is told where one does not hold."""

from salespm_flow.definition.cases import suite_of
from salespm_flow.scenario.coverage import Kind
from salespm_flow.scenario.goldens import brought_up_to_date
from tests.unit.scenario.texts import DEAL, built, failures, library, ran, scenarios


def test_a_story_from_the_start_with_values_records_and_effects_holds() -> None:
    assert (
        failures("""
sold:
  steps:
    - {advance: propose, expect: {status: refused, state: open, refused: [calls, priced]}}
    - {append: {calls: {note: hello}}}
    - {set: {amount: 5 CNY}}
    - {as: boss, advance: propose, expect: {status: refused, refused: [role]}}
    - {advance: propose, expect: {state: offer, probability: 60%, effects: [tell]}}
    - {advance: close, expect: {state: sold, outcome: won, probability: 100%, fields: {amount: 5 CNY}}}
  expect: [count(calls) = 1, amount > 4]
""")
        == []
    )


def test_time_travels_through_the_real_timers_and_limits() -> None:
    assert (
        failures("""
slow:
  steps:
    - {wait: 1d, expect: {fired: [], sla: {open: ok}}}
    - {wait: 1d, expect: {fired: [sla.warn.open], sla: {open: warn}}}
    - {tick: 2026-03-09T09:00:00Z, expect: {fired: [sla.breach.open], sla: {open: breach}}}
nudged:
  given: {state: offer}
  steps:
    - {wait: 3d, expect: {fired: [nudge], effects: [call]}}
    - {done: call}
""")
        == []
    )


def test_approvals_wait_are_voted_on_and_rejected() -> None:
    assert (
        failures("""
approved:
  given: {state: offer, fields: {discount: 20%}}
  steps:
    - {advance: close, expect: {status: waiting, state: offer, waiting: [discount]}}
    - {approve: discount, expect: {status: refused}}
    - {as: boss, role: boss, reject: discount, expect: {waiting: []}}
    - {advance: close, expect: {waiting: [discount]}}
    - {as: boss, role: boss, approve: discount, expect: {state: sold, waiting: []}}
""")
        == []
    )


def test_a_notice_that_cannot_be_delivered_is_delivered_later() -> None:
    assert (
        failures("""
told_late:
  given: {state: open, fields: {amount: 1 CNY}, records: {calls: [{note: x}]}, mocks: {tell: {fails: 1}}}
  steps:
    - {advance: propose, expect: {told: []}}
    - {wait: 1min, expect: {told: []}}
    - {wait: 1min, expect: {told: [tell]}}
""")
        == []
    )


def test_a_table_is_run_row_by_row_and_fills_names_lists_and_expressions() -> None:
    body = """
limits:
  table:
    columns: [discount, waiting, least]
    rows:
      - [10%, [], 0%]
      - [11%, [discount], 0%]
      - [12%, [], 1%]
  given: {state: offer, fields: {discount: $discount, amount: 1 CNY}}
  steps:
    - {advance: close, expect: {waiting: $waiting}}
  expect: [discount > $least]
"""
    assert [result.case.id for result in ran(body).results] == ["limits[1]", "limits[2]", "limits[3]"]
    assert failures(body) == ["limits[3] 14:17 waiting: [] / [discount]"]


def test_every_wrong_expectation_of_a_step_is_told_with_its_place_and_the_case_ends_there() -> None:
    assert failures("""
wrong:
  given: {state: offer}
  steps:
    - advance: close
      expect: {state: lost, outcome: lost, fields: {discount: 5%}, effects: [tell], that: [amount = 1]}
    - {advance: close}
""") == [
        "wrong 12:25 state: lost / sold",
        "wrong 12:40 outcome: lost / won",
        "wrong 12:79 effects: [tell] / []",
        "wrong 12:65 fields.discount: 5% / 0%",
        "wrong 12:94 that: amount = 1 / false",
    ]


def test_a_refusal_that_no_expectation_speaks_of_fails_with_the_reasons() -> None:
    (result,) = ran("""
refused:
  steps: [{advance: propose}]
""").results
    (failure,) = result.failures
    assert (failure.key, failure.wanted, failure.got) == ("status", "accepted", "refused: [calls, priced]")
    assert [note.en for note in failure.notes] == [
        "calls is missing: record at least one row",
        "not true: amount > 0 (unknown because amount is empty)",
    ]


def test_a_start_that_cannot_be_is_told_and_no_step_is_done() -> None:
    (result,) = ran("""
negative:
  given: {state: offer, fields: {amount: -1 CNY}}
  steps: [{advance: close}]
""").results
    assert (result.steps, [failure.got for failure in result.failures]) == (0, ["[amount]"])


def test_coverage_counts_whole_numbers_and_leaves_out_what_cannot_be() -> None:
    run = ran("""
sold:
  steps:
    - {append: {calls: {note: hello}}}
    - {advance: propose, expect: {status: refused}}
    - {set: {amount: 5 CNY}}
    - {advance: propose}
""")
    coverage = run.coverage["deal"]
    counted = {kind.value: (coverage.of(kind).covered, coverage.of(kind).total) for kind in Kind}
    assert counted == {
        "states": (2, 4),
        "transitions": (1, 3),
        "guards": (3, 5),
        "criteria": (4, 5),
        "timers": (0, 3),
        "approvals": (0, 2),
        "rows": (0, 0),
    }
    assert [(item.id, item.way) for item in coverage.impossible] == [
        ("open.exit.certified", "false"),
        ("open.certified", "false"),
    ]
    assert coverage.heat(Kind.STATES) == {"open": 1, "offer": 1, "sold": 0, "lost": 0}


def test_what_was_got_is_written_where_something_else_was_expected() -> None:
    body = """
stale:
  given: {state: offer, fields: {discount: 20%}}
  steps:
    - {advance: close, expect: {status: accepted, waiting: [], fields: {discount: 5%}}}
"""
    text = scenarios(body)
    found = [failure for result in ran(body).results for failure in result.failures]
    renewed = brought_up_to_date(found, {"2.yaml": text})["2.yaml"]
    assert renewed == text.replace(
        "{status: accepted, waiting: [], fields: {discount: 5%}}",
        "{status: waiting, waiting: [discount], fields: {discount: 20%}}",
    )


def test_a_scenario_that_names_somebody_unknown_or_a_value_of_another_type_is_found() -> None:
    text = scenarios("""
odd:
  steps: [{set: {amount: many}}]
""")
    clean = library(DEAL, scenarios("odd: {steps: []}"))
    assert [found.code for found in suite_of(built(text), clean)[1]] == ["SF312"]
