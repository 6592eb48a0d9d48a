"""All that a document may refer to, and the two questions asked everywhere: is it there, does the expression fit.

Knows no kind of document.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from salespm_flow.definition.build import Built
from salespm_flow.definition.build.reader import problem_diagnostic
from salespm_flow.definition.demands import Demand
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.rates import check_conversion
from salespm_flow.definition.results import check_kind
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity
from salespm_flow.expr.check import check
from salespm_flow.model.library import Library
from salespm_flow.nouns import dataclass

_NAME = re.compile(r"[^\W\d]\w*")
ORGANISATION = ("organisation", Bilingual("组织", "organisation"))
CALENDAR = ("calendar", Bilingual("日历", "calendar"))
RISK_MODEL = ("risk_model", Bilingual("风险模型", "risk model"))
SCORECARD = ("scorecard", Bilingual("计分卡", "scorecard"))
GOAL_SET = ("goal_set", Bilingual("目标集", "goal set"))
REFERENCE = ("reference", Bilingual("参照表", "reference"))
WORKFLOW = ("workflow", Bilingual("流程", "workflow"))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that documents may refer to: the library, incomplete ones included, and what exists but cannot be read.

    `unusable` holds (kind, id) of documents with errors: what depends on them is not judged again.
    `poisoned` are the names that such documents would have declared.
    """

    library: Library
    unusable: frozenset[tuple[str, str]]
    poisoned: frozenset[str] = frozenset()

    def ids(self, kind: str) -> Collection[str]:
        """The ids of all documents of a kind."""
        tables: Mapping[str, Mapping[str, object]] = {
            "organisation": self.library.organisations,
            "calendar": self.library.calendars,
            "risk_model": self.library.risk_models,
            "scorecard": self.library.scorecards,
            "goal_set": self.library.goal_sets,
            "reference": self.library.references,
            "workflow": self.library.workflows,
        }
        return tuple(dict.fromkeys((*tables[kind], *(id_ for found, id_ in self.unusable if found == kind))))


def check_place(built: Built, place: str, kind: tuple[str, Bilingual], world: World) -> Iterator[Diagnostic]:
    """The document named at a place of the file exists."""
    node = built.places.get(place)
    if node is not None:
        yield from _missing(kind, node, world)


def check_places(built: Built, prefix: str, kind: tuple[str, Bilingual], world: World) -> Iterator[Diagnostic]:
    """The documents named at the places that begin so exist."""
    for place, node in built.places.items():
        if place.startswith(prefix):
            yield from _missing(kind, node, world)


def _missing(kind: tuple[str, Bilingual], node: ScalarNode, world: World) -> Iterator[Diagnostic]:
    word, title = kind
    id_ = node.text
    known = world.ids(word)
    if id_ not in known:
        message = Bilingual(f"没有{title.zh} {shown(id_)}", f"There is no {title.en} {shown(id_)}")
        yield error("SF307", node.span, message, suggestion(id_, known), fix=renaming(node, known))


def check_expressions(
    built: Built, demands: Iterable[Demand], poisoned: frozenset[str], library: Library
) -> Iterator[Diagnostic]:
    """Every expression fits what is asked of it; one that speaks of a `poisoned` name is not judged."""
    for demand in demands:
        text = unicodedata.normalize("NFC", demand.expression.text)
        if poisoned and not poisoned.isdisjoint(_NAME.findall(text)):
            continue
        node = built.expressions[demand.expression.place]
        checked = check(
            demand.expression.node,
            demand.names,
            demand.expected,
            states=demand.states,
            changeable=demand.changeable,
        )
        yield from (problem_diagnostic(problem, node) for problem in checked.problems)
        if all(problem.severity is not Severity.ERROR for problem in checked.problems):
            yield from check_kind(demand, checked.type.type)
            yield from check_conversion(checked.calls, demand.expression.place, library)
