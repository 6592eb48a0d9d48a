"""What a request from outside may not claim: to be the engine itself, or a role that nobody knows. Changes nothing."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.reasons import guesses, reason_of
from salespm_flow.model.decision import SYSTEM, FireClock, Reason, ReasonKind, Reassess, Receive, Request


def claim_reasons(compiled: Compiled, request: Request) -> tuple[Reason, ...]:
    """The reason against the name or the role that the request is made in; with an organisation it knows the roles."""
    if isinstance(request, FireClock | Receive | Reassess):
        return ()
    actor, workflow = request.actor, compiled.workflow
    if actor.id == SYSTEM:
        zh, en = f"操作人不能是“{SYSTEM}”，这个名字留给引擎", f'"{SYSTEM}" is the engine itself and cannot act here'
        return (reason_of("actor", ReasonKind.ROLE, Bilingual(zh, en)),)
    if actor.role and compiled.organisation is None and actor.role not in workflow.roles:
        guess = guesses(actor.role, workflow.roles)
        zh = f"流程 {workflow.id} 没有角色“{actor.role}”{guess.zh}"
        en = f'{workflow.id} has no role "{actor.role}"{guess.en}'
        return (reason_of("role", ReasonKind.ROLE, Bilingual(zh, en)),)
    return ()
