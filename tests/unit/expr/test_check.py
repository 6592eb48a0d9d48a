"""What is found before running."""

from typing import TYPE_CHECKING

import pytest

from salespm_flow.diagnostics import Severity
from salespm_flow.expr.check import check
from salespm_flow.expr.functions import FUNCTIONS
from salespm_flow.expr.parse import parse
from salespm_flow.expr.problems import MOST_PROBLEMS
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONTHS,
    NUMBER,
    PERCENT,
    TEXT,
    WORKING,
    EnumType,
    ListType,
    MoneyType,
    Type,
    Typed,
)

if TYPE_CHECKING:
    from tests.unit.expr.conftest import World

CNY = MoneyType("CNY")
USAGE = {
    "count": 'usage: count(list) | count(value, value, …), such as `count(["CRM", "ERP"]) = 2`',
    "round": "usage: round(value, places?), such as `round(2.125, 2) = 2.12`",
    "sum": "usage: sum(list) | sum(value, …), such as `sum([1, 2, 3]) = 6`",
}
NO_PLAN = "until then, declare a field that holds the value, such as cpi: {type: number}"
A_DATE = 'such as `date("2026-01-05") = date(2026, 1, 5)`'
NO_PATTERN = "use `contains(a, b)`, `starts with(a, b)` or `ends with(a, b)`"
BEFORE = (
    "usage: before(point, point) | before(point, range) | before(range, point) | before(range, range), "
    "such as `before([1..5], 6)`"
)
AT_A_RATE = 'convert it first: `convert(dollars, "CNY")`'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # names
        ("amout > 3", [("SF202", "amout", "did you mean `amount`?")]),
        ("amout > amout + discount * amout", [("SF202", "amout", "did you mean `amount`?")]),
        ("risk.scor > 3", [("SF202", "risk.scor", "did you mean `score`?")]),
        ("level = risk_level", [("SF202", "risk_level", "did you mean `risk.level`?")]),
        ("outcome = 1", [("SF202", "outcome", None)]),
        ("sector", [("SF202", "sector", "did you mean `account.sector`?")]),
        ("lost_reason = price", [("SF202", "price", 'an enum value takes quotes: `"price"`')]),
        ("today > due", [("SF202", "today", "did you mean `today(…)`?")]),
        ("every n in needs satisfies n.prise > 1", [("SF202", "n.prise", "did you mean `price`?")]),
        ("needs[prise > 1]", [("SF202", "prise", "did you mean `price`?")]),
        ("n + (some n in needs satisfies n.ref = scope)", [("SF202", "n", "did you mean `no`?")]),
        ("due.yeer", [("SF202", "due.yeer", "did you mean `year`?")]),
        ("scope.length", [("SF203", "scope.length", None)]),
        # enums
        ('lost_reason = "pric"', [("SF204", '"pric"', 'did you mean "price"? One of "price", "timing", "rival"')]),
        (
            'lost_reason in ("price", "tming")',
            [("SF204", '"tming"', 'did you mean "timing"? One of "price", "timing", "rival"')],
        ),
        ('default(risk.level, "lo") != "high"', [("SF204", '"lo"', 'did you mean "low"? One of "low", "high"')]),
        ('lost_reason = "price" or lost_reason = note', []),
        ("level = lost_reason", [("SF204", "lost_reason", 'one of "low", "high", "extreme"')]),
        ('level > "low"', [("SF203", "level", "use `=`, `!=` or `in (…)`")]),
        # money and percentages
        ("amount > 5 and 5 < amount and -5 < amount and amount > 2 * 3", []),
        ("amount > dollars", [("SF205", "dollars", AT_A_RATE)]),
        ("amount + dollars > 0", [("SF205", "dollars", AT_A_RATE)]),
        ("amount > days", [("SF203", "days", 'write `money(days, "CNY")`')]),
        ("amount * amount", [("SF203", "amount * amount", None)]),
        ("money(5, scope) > 3", [("SF203", "3", 'write `money(3, "CNY")`')]),
        ("discount > 15", [("SF203", "15", "write `15%`")]),
        ("discount > 0.15", [("SF203", "0.15", "write `15%`")]),
        ("1 - discount", [("SF203", "1", "write `100%`")]),
        ("default(discount, 0) > 15%", [("SF203", "0", "write `0%`")]),
        ("amount / cost > 80% and discount * 2 < 50%", []),
        # dates and durations
        ("opened_at <= due", [("SF203", "due", "turn the date and time into a date by `date(…)`")]),
        ("due >= opened_at", [("SF203", "opened_at", "write `date(opened_at)`")]),
        ("due - opened_at", [("SF203", "due - opened_at", "write `date(opened_at)`")]),
        ("due + 3", [("SF203", "due + 3", "write `3d` or `3wd`")]),
        ('due > "2026-01-05"', [("SF203", '"2026-01-05"', 'write `@"2026-01-05"`')]),
        ("due > 2026-01-05", [("SF203", "2026-01-05", 'write `@"2026-01-05"`')]),
        ("opened_at > 2026-1-5", [("SF203", "2026-1-5", 'write `@"2026-01-05T00:00"`')]),
        ("is(1, 1)", [("SF212", "is(1, 1)", "equality is written `a = b`")]),
        (
            'get value({a: 1}, "a")',
            [("SF212", 'get value({a: 1}, "a")', "a record is written `{a: 1}`, its field `x.a`")],
        ),
        ("effort > 5wd", [("SF203", "5wd", "write `5d`")]),
        ("sprint > effort", [("SF203", "effort", "`d` counts days, `wd` working days; they do not mix")]),
        # other types
        ("days = scope", [("SF203", "scope", "write `number(scope)`")]),
        ("scope = 5", [("SF203", "5", 'write `"5"`')]),
        ("yes + 1", [("SF203", "yes + 1", None)]),
        ("days and yes", [("SF203", "days", None)]),
        ("if days then 1 else 2", [("SF203", "days", None)]),
        ("some n in amount satisfies true", [("SF203", "amount", None)]),
        ("needs[scope]", [("SF203", "scope", None)]),
        ('[1, "a"]', [("SF203", '"a"', 'write `number("a")`')]),
        ("yes < no", [("SF203", "yes", "use `=`, `!=` or `in (…)`")]),
        ("-scope", [("SF203", "scope", "write `number(scope)`")]),
        ("days in scope", [("SF203", "scope", "write `number(scope)`")]),
        ("days in [1..scope]", [("SF203", "scope", "write `number(scope)`")]),
        ("days in scores and amount in [1, 2] and scope in states", []),
        ("amount in scores", [("SF203", "scores", 'write `money(item, "CNY")`')]),
        ("{a: 1} = {b: 1}", [("SF203", "{b: 1}", None)]),
        ("[{a: amount}, {a: 5}] = [{a: 5}]", []),
        ("[{a: 1}, risk]", [("SF203", "risk", None)]),
        ("scores = states", [("SF203", "states", "write `number(item)`")]),
        ("if yes then [1] else []", []),
        ("[1..amount] = [2..amount]", []),
        ("account = scope or account in states", []),
        ("days between scope and 2", [("SF203", "scope", "write `number(scope)`")]),
        ("yes between yes and yes", [("SF203", "yes", "use `=`, `!=` or `in (…)`")]),
        ("days between null and 2", [("SF210", "days between null and 2", None)]),
        ("-null", [("SF210", "-null", None)]),
        ("scope / 2", [("SF203", "scope / 2", "write `number(scope)`")]),
        ("scope + 2", [("SF203", "scope + 2", 'write `"2"`')]),
        ("account + days", [("SF203", "account + days", "write `string(days)`")]),
        ("term + 5d", [("SF203", "term + 5d", None)]),
        # functions and states
        ("foo(1)", [("SF206", "foo(1)", "did you mean `floor(…)`?")]),
        ("len(needs)", [("SF206", "len(needs)", "did you mean `count(…)`?")]),
        ("year(due)", [("SF206", "year(due)", "write `x.year`")]),
        (
            "count(amount)",
            [("SF207", "amount", USAGE["count"])],
        ),
        (
            "round(days, 1, 2)",
            [("SF207", "round(days, 1, 2)", USAGE["round"])],
        ),
        ("not(days)", [("SF207", "days", "usage: not(condition), such as `not(1 > 2)`")]),
        (
            "sum(needs.ref)",
            [("SF207", "needs.ref", USAGE["sum"])],
        ),
        ('in_state("rd")', [("SF211", '"rd"', "did you mean `red`?")]),
        ('in_state("work.red")', [("SF211", '"work.red"', "write `red`")]),
        (
            "plan.cpi < 1",
            [("SF212", "plan", "until then, declare a field that holds the value, such as cpi: {type: number}")],
        ),
        (
            'due < date("2026-02-30")',
            [("SF210", 'date("2026-02-30")', 'such as `date("2026-01-05") = date(2026, 1, 5)`')],
        ),
        ("days ** 9999999 > 1", [("SF210", "days ** 9999999", "an exponent is at most 1000000")]),
        ("days > 1e-999999999", [("SF208", "1e-999999999", None)]),
        ("in_state(note)", [("SF207", "note", 'such as `in_state("red")`')]),
        ("in_state(level)", [("SF207", "level", 'such as `in_state("red")`')]),
        ('changed("need")', [("SF202", '"need"', "did you mean `needs`?")]),
        ('changed("needs", due)', [("SF207", "due", "turn the date and time into a date by `date(…)`")]),
        ('changed("needs", opened_at)', []),
        ('matches(scope, "C.*")', [("SF212", 'matches(scope, "C.*")', NO_PATTERN)]),
        (
            "convert(dollars)",
            [
                (
                    "SF207",
                    "convert(dollars)",
                    f"usage: convert(amount, currency, on?), such as `{FUNCTIONS['convert'].example}`",
                )
            ],
        ),
        ("convert(dollars, string(days))", [("SF207", "string(days)", 'a code of three capitals, such as `"CNY"`')]),
        ('convert(dollars, "yuan")', [("SF207", '"yuan"', 'a code of three capitals, such as `"CNY"`')]),
        ('amount > convert(dollars, "CNY")', []),
        ('convert(dollars, "EUR") > dollars', [("SF205", "dollars", 'convert it first: `convert(dollars, "EUR")`')]),
        (
            'convert(dollars, "CNY", now())',
            [("SF207", "now()", "write `date(now())`")],
        ),
        ("append(scores, [1])", [("SF203", "[1]", None)]),
        ("overlaps([1..2], [1d..2d])", [("SF203", "1d", None), ("SF203", "2d", None)]),
        ("before(scores, 1)", [("SF207", "scores", BEFORE)]),
        ("sort(needs)", [("SF207", "needs", "usage: sort(list), such as `sort([3, 1, 2]) = [1, 2, 3]`")]),
        ("table.limit(amount)", [("SF212", "table.limit(amount)", "write a document of kind: decision_table first")]),
        # what can only be null
        ("amount + null", [("SF210", "amount + null", None)]),
        ("amount > null", [("SF210", "amount > null", "compare with null by `= null`")]),
        ("days in null", [("SF210", "days in null", "compare with null by `= null`")]),
        ("days / 0", [("SF210", "days / 0", "the divisor is zero")]),
        ("abs(null)", [("SF210", "abs(null)", None)]),
        ("null.a", [("SF210", "null.a", None)]),
        ("cost = null and cost != null", []),
        # several at once, in source order, no cascades
        (
            'amout > 5 and discount > 15 and level = "lo" and foo(bar) > 1',
            [
                ("SF202", "amout", "did you mean `amount`?"),
                ("SF203", "15", "write `15%`"),
                ("SF204", '"lo"', 'did you mean "low"? One of "low", "high", "extreme"'),
                ("SF206", "foo(bar)", "did you mean `floor(…)`?"),
                ("SF202", "bar", None),
            ],
        ),
        ("anything.a.b > 5 and anything[x = 1][2] = anything + 1", []),
    ],
)
def test_findings_have_code_place_and_hint(world: "World", text: str, expected: list[tuple[str, str, str]]) -> None:
    assert world.found(text) == expected


def test_what_can_only_be_null_is_a_warning(world: "World") -> None:
    assert [one.severity for one in world.problems("days / 0")] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("text", "type_", "nullable"),
    [
        ("amount > 5", BOOLEAN, False),
        ("cost > 5", BOOLEAN, True),
        ("cost = 5", BOOLEAN, False),
        ("amount * 15%", CNY, False),
        ("amount - 5", CNY, False),
        ("amount / 2", CNY, False),
        ("amount / cost", NUMBER, True),
        ("discount * discount", PERCENT, True),
        ("days * 15%", NUMBER, False),
        ("due - met_on", DURATION, True),
        ("opened_at - 3mo", DATETIME, False),
        ("due + 5wd", DATE, False),
        ("3d + due", DATE, False),
        ("term * 2", MONTHS, False),
        ("sprint + 1wd", WORKING, False),
        ("account", None, True),
        ("account.sector", TEXT, True),
        ("child.delivery.outcome", TEXT, True),
        ("needs.price", ListType(Typed(CNY, nullable=True)), False),
        ("sum(needs.price)", CNY, True),
        ("sum(for n in needs return default(n.price, 0) * 15%)", CNY, False),
        ("needs[1].ref", TEXT, True),
        ("count(unread)", NUMBER, True),
        ("default(cost, 0)", CNY, False),
        ("default(cost, null)", CNY, True),
        ('default(lost_reason, "price")', EnumType(("price", "timing", "rival")), False),
        ("if yes then 0 else amount", CNY, False),
        ("max(amount, 0)", CNY, False),
        ("[1, null]", ListType(Typed(NUMBER, nullable=True)), False),
        ('money(days, "USD")', MoneyType("USD"), False),
        ('duration("P3M")', MONTHS, True),
        ("date(opened_at)", DATE, False),
        ('date("2026-01-05")', DATE, True),
    ],
)
def test_types_are_known_before_running(world: "World", text: str, type_: Type | None, *, nullable: bool) -> None:
    checked = world.checked(text)
    assert checked.problems == ()
    assert checked.type == Typed(world.names[text].type if type_ is None else type_, nullable)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("amount > 5", {("amount",)}),
        ("risk.score > days", {("risk", "score"), ("days",)}),
        ("risk = null or risk.score > 1", {("risk",), ("risk", "score")}),
        ("child.delivery.outcome", {("child", "delivery", "outcome")}),
        ("account.sector = account", {("account",), ("account", "sector")}),
        ("needs.price", {("needs",)}),
        ("needs[priority > days].ref", {("needs",), ("days",)}),
        ("every n in needs satisfies n.ref = scope", {("needs",), ("scope",)}),
        ("some amount in needs satisfies amount.ref = scope", {("needs",), ("scope",)}),
        ("risk.scor", {("risk",)}),
        ("nobody", set()),
        ("due.year", {("due",)}),
    ],
)
def test_reads_are_the_free_names_with_their_paths(world: "World", text: str, reads: set[tuple[str, ...]]) -> None:
    parsed = parse(text)
    assert parsed.node is not None
    assert check(parsed.node, world.names).reads == reads


def test_calls_are_the_functions_used(world: "World") -> None:
    assert world.checked('today() > due or in_state("red")').calls == {"today", "in_state"}


@pytest.mark.parametrize(
    ("text", "expected", "codes"),
    [
        ("0", CNY, []),
        ("days / 2", PERCENT, []),
        ("0.5", PERCENT, ["SF203"]),
        ('"price"', EnumType(("price",)), []),
        ('"prize"', EnumType(("price",)), ["SF204"]),
        ("null", Typed(DATE), []),
        ("today()", Typed(DATETIME), ["SF203"]),
        ("account", TEXT, []),
        ("scope", NUMBER, ["SF203"]),
        ("[1, 2]", ListType(Typed(CNY)), []),
        ("{a: 1}", BOOLEAN, ["SF203"]),
    ],
)
def test_the_result_must_fit_what_is_expected(
    world: "World", text: str, expected: Type | Typed, codes: list[str]
) -> None:
    parsed = parse(text)
    assert parsed.node is not None
    assert [one.code for one in check(parsed.node, world.names, expected).problems] == codes


@pytest.mark.parametrize(
    "text",
    [
        "[" + ", ".join(f"amoun{at}" for at in range(400)) + "]",
        "[" + ", ".join(f"risk.scor{at}" for at in range(250)) + "]",
        "[" + ", ".join(f"foo{at}()" for at in range(400)) + "]",
        "[" + ", ".join(f'in_state("re{at}")' for at in range(180)) + "]",
        "level in (" + ", ".join(f'"lo{at}"' for at in range(400)) + ")",
    ],
)
def test_no_text_has_more_findings_than_anybody_reads(world: "World", text: str) -> None:
    assert len(world.problems(text)) == MOST_PROBLEMS


def test_warnings_do_not_hide_an_error(world: "World") -> None:
    found = world.problems("[" + "amount + null, " * 30 + "amout]")
    assert [one.code for one in found] == ["SF210"] * MOST_PROBLEMS + ["SF202"]


def test_mistyped_alias_of_a_function_is_understood(world: "World") -> None:
    assert world.found("lenght(product)")[0][::2] == ("SF206", "did you mean `string length(…)`?")
