"""What makes two requests the same: the digest that an idempotency key is held to."""

from collections.abc import Mapping

from salespm_flow.engine.answers import Json, fingerprint, plain
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import AddRow, Advance, CompleteTask, Open, Request, SetFields


def fingerprint_of_opening(workflow: str, request: Open) -> str:
    """The digest of a request to open a project of the workflow."""
    fields = _plain_fields(request.fields)
    return fingerprint("open", workflow, request.owner, request.actor.id, request.actor.role, fields, request.comment)


def fingerprint_of(request: Request) -> str:
    """The digest of everything that a request asks, whoever asks it."""
    match request:
        case Advance():
            fields = _plain_fields(request.fields)
            overriding = ("override",) if request.is_override else ()
            return fingerprint(
                "advance", request.trigger, request.actor.id, request.actor.role, fields, request.comment, *overriding
            )
        case SetFields():
            fields = _plain_fields(request.fields)
            return fingerprint("set", request.actor.id, request.actor.role, fields, request.comment)
        case AddRow():
            values = _plain_fields(request.values)
            return fingerprint("record", request.record, request.actor.id, request.actor.role, values, request.comment)
        case CompleteTask():
            return fingerprint("task", request.task, request.actor.id, request.actor.role, request.comment)
        case _:
            # The text of a frozen request names every value that it asks for.
            return fingerprint(type(request).__name__, repr(request))


def _plain_fields(fields: Mapping[str, Value]) -> dict[str, Json]:
    return {name: plain(value) for name, value in fields.items()}
