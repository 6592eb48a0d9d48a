"""The action `append`: a record gets a row from a record-valued expression."""

from collections.abc import Mapping

from salespm_flow.engine.inputs import row_reasons
from salespm_flow.engine.registers.records import add_row, completed
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.engine.values import kept
from salespm_flow.model.actions import AppendRow
from salespm_flow.model.decision import ReasonKind


def carry_out(turn: Turn, action: AppendRow) -> None:
    """The row is added; null columns are left out.

    Raises:
        RefusalError: a required column is missing or a value is out of bounds.
    """
    value = turn.evaluate(action.value.text, action.record)
    columns = {name: kept(column) for name, column in value.items()} if isinstance(value, Mapping) else {}
    record = turn.compiled.workflow.records[action.record]
    # Who may add rows by hand says nothing about what the definition itself does.
    reasons = [
        r
        for r in row_reasons(turn, record, completed(turn, record, columns))
        if r.kind in {ReasonKind.VALUE, ReasonKind.MISSING}
    ]
    if reasons:
        raise RefusalError(tuple(reasons))
    add_row(turn, record, columns)
