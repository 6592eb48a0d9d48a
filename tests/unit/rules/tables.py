"""Decision tables out of short texts, for tests of what they answer and of what is found about them."""

from datetime import UTC
from decimal import Decimal
from pathlib import Path

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import draft_of
from salespm_flow.expr.scope import Conflict
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Library
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.rules.table_run import some_scope

HEAD = "salespm: 1\nkind: decision_table\nid: {id}\nversion: 1\n"


def library_of(**texts: str) -> Library:
    """The library of tables by id, each without its header; none may have an error."""
    drafts = [
        draft_of(HEAD.format(id=id_) + text, (Path(f"{id_}.yaml"), f"{id_}.yaml"), UTC, with_shape=True)
        for id_, text in texts.items()
    ]
    collected = collect(drafts, default_workspace(".", ()), UTC)
    assert collected.diagnostics == ()
    return collected.library


def ask(text: str, *arguments: Value | int, **others: str) -> tuple[Value, list[Conflict]]:
    """What the table answers to the arguments, and its conflicts; numbers may be given as ints."""
    library = library_of(t=text, **others)
    scope = some_scope({})
    scope.conflicts = []
    given = tuple(Decimal(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in arguments)
    answer = compile_tables(library.decision_tables.values(), library)["t"](scope, given)
    return answer, scope.conflicts


def answer(text: str, *arguments: Value | int, **others: str) -> Value:
    """What the table answers, without a conflict."""
    found, conflicts = ask(text, *arguments, **others)
    assert conflicts == []
    return found
