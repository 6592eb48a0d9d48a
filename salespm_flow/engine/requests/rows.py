"""The request AddRow: a record of the project gets one more row."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.inputs import row_reasons
from salespm_flow.engine.moves import settle
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.registers.records import add_row, completed
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.model.decision import AddRow, ReasonKind


def carry_out(turn: Turn, request: AddRow) -> None:
    """The row is added and the project has settled."""
    record = turn.compiled.workflow.records.get(request.record)
    if record is None:
        zh, en = f"没有记录表“{request.record}”", f'there is no record "{request.record}"'
        raise RefusalError((reason_of(request.record, ReasonKind.VALUE, Bilingual(zh, en)),))
    if reasons := row_reasons(turn, record, completed(turn, record, request.values)):
        raise RefusalError(reasons)
    add_row(turn, record, request.values)
    settle(turn)
