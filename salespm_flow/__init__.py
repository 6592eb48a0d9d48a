"""Sales and delivery projects moved through state machines, risk and evaluation rules that are written in YAML.

What an application needs is here by name: load a workspace, open a store, run requests, ask why, let time pass. Each
name is imported when it is first used, so that importing the package costs nothing.

Example:
    >>> from salespm_flow import Actor, Advance, Runner, SystemClock, load_workspace, open_store
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from salespm_flow.definition import workspace
    from salespm_flow.definition.workspace import Loaded as Loaded
    from salespm_flow.definition.workspace import find_workspace as find_workspace
    from salespm_flow.diagnostics import Bilingual as Bilingual
    from salespm_flow.diagnostics import Diagnostic as Diagnostic
    from salespm_flow.diagnostics import Language as Language
    from salespm_flow.diagnostics import Span as Span
    from salespm_flow.engine.compiled import Compiled as Compiled
    from salespm_flow.engine.decide import decide as decide
    from salespm_flow.engine.definitions import Definitions as Definitions
    from salespm_flow.engine.measure.evaluation import Evaluation as Evaluation
    from salespm_flow.engine.measure.evaluation import evaluate as evaluate
    from salespm_flow.engine.ports import Clock as Clock
    from salespm_flow.engine.ports import Store as Store
    from salespm_flow.engine.remedies.remedy import Remedy as Remedy
    from salespm_flow.engine.remedies.remedy import remedy as remedy
    from salespm_flow.engine.running.runner import Answered as Answered
    from salespm_flow.engine.running.runner import Runner as Runner
    from salespm_flow.engine.running.ticking import Ticked as Ticked
    from salespm_flow.engine.running.ticking import tick as tick
    from salespm_flow.engine.system_clock import SystemClock as SystemClock
    from salespm_flow.engine.views.offers import Offer as Offer
    from salespm_flow.engine.views.offers import approvals_to_decide as approvals_to_decide
    from salespm_flow.engine.views.offers import offers as offers
    from salespm_flow.engine.views.worklist import Parties as Parties
    from salespm_flow.engine.views.worklist import Section as Section
    from salespm_flow.engine.views.worklist import WorkItem as WorkItem
    from salespm_flow.engine.views.worklist import parties_of as parties_of
    from salespm_flow.engine.views.worklist import worklist as worklist
    from salespm_flow.errors import ConflictError as ConflictError
    from salespm_flow.errors import DefinitionError as DefinitionError
    from salespm_flow.errors import IdempotencyError as IdempotencyError
    from salespm_flow.errors import InputError as InputError
    from salespm_flow.errors import PinnedDefinitionError as PinnedDefinitionError
    from salespm_flow.errors import SalesPMFlowError as SalesPMFlowError
    from salespm_flow.errors import StoreError as StoreError
    from salespm_flow.errors import UnknownNameError as UnknownNameError
    from salespm_flow.expr.values import Money as Money
    from salespm_flow.expr.values import Months as Months
    from salespm_flow.expr.values import Value as Value
    from salespm_flow.expr.values import WorkingDays as WorkingDays
    from salespm_flow.model.decision import Accepted as Accepted
    from salespm_flow.model.decision import Actor as Actor
    from salespm_flow.model.decision import AddNote as AddNote
    from salespm_flow.model.decision import AddRow as AddRow
    from salespm_flow.model.decision import AddTask as AddTask
    from salespm_flow.model.decision import Advance as Advance
    from salespm_flow.model.decision import BlockTask as BlockTask
    from salespm_flow.model.decision import CancelTask as CancelTask
    from salespm_flow.model.decision import CastVote as CastVote
    from salespm_flow.model.decision import CompleteTask as CompleteTask
    from salespm_flow.model.decision import Decision as Decision
    from salespm_flow.model.decision import EditTask as EditTask
    from salespm_flow.model.decision import Open as Open
    from salespm_flow.model.decision import Reason as Reason
    from salespm_flow.model.decision import Rejected as Rejected
    from salespm_flow.model.decision import Request as Request
    from salespm_flow.model.decision import SetFields as SetFields
    from salespm_flow.model.decision import TickItems as TickItems
    from salespm_flow.model.decision import UnblockTask as UnblockTask
    from salespm_flow.model.library import Library as Library
    from salespm_flow.model.priority import Priority as Priority
    from salespm_flow.model.project import ApprovalRequest as ApprovalRequest
    from salespm_flow.model.project import Issue as Issue
    from salespm_flow.model.project import Project as Project
    from salespm_flow.model.project import Risk as Risk
    from salespm_flow.model.project import Snapshot as Snapshot
    from salespm_flow.model.project import Task as Task
    from salespm_flow.model.project import Verdict as Verdict
    from salespm_flow.model.risk_requests import AddRisk as AddRisk
    from salespm_flow.model.risk_requests import Answering as Answering
    from salespm_flow.model.risk_requests import CloseRisk as CloseRisk
    from salespm_flow.model.risk_requests import RaiseIssue as RaiseIssue
    from salespm_flow.model.risk_requests import ResolveIssue as ResolveIssue
    from salespm_flow.model.risk_requests import RespondToRisk as RespondToRisk
    from salespm_flow.model.risk_requests import ReviewRisk as ReviewRisk
    from salespm_flow.model.risk_requests import RiskOccurred as RiskOccurred
    from salespm_flow.model.rules import Strategy as Strategy
    from salespm_flow.model.workflow import Workflow as Workflow
    from salespm_flow.store import open_store as open_store

    # An import under another name would not count as exported.
    load_workspace = workspace.load

__version__: Final = "0.1.0"

# The public name of each place; `load` is too general a name outside its module.
_PLACES: Final[dict[str, tuple[str, str]]] = {
    "Accepted": ("model.decision", "Accepted"),
    "Actor": ("model.decision", "Actor"),
    "AddNote": ("model.decision", "AddNote"),
    "AddRisk": ("model.risk_requests", "AddRisk"),
    "AddRow": ("model.decision", "AddRow"),
    "AddTask": ("model.decision", "AddTask"),
    "Advance": ("model.decision", "Advance"),
    "Answered": ("engine.running.runner", "Answered"),
    "Answering": ("model.risk_requests", "Answering"),
    "ApprovalRequest": ("model.project", "ApprovalRequest"),
    "Bilingual": ("diagnostics", "Bilingual"),
    "BlockTask": ("model.decision", "BlockTask"),
    "CancelTask": ("model.decision", "CancelTask"),
    "CastVote": ("model.decision", "CastVote"),
    "Clock": ("engine.ports", "Clock"),
    "CloseRisk": ("model.risk_requests", "CloseRisk"),
    "Compiled": ("engine.compiled", "Compiled"),
    "CompleteTask": ("model.decision", "CompleteTask"),
    "ConflictError": ("errors", "ConflictError"),
    "Decision": ("model.decision", "Decision"),
    "DefinitionError": ("errors", "DefinitionError"),
    "Definitions": ("engine.definitions", "Definitions"),
    "Diagnostic": ("diagnostics", "Diagnostic"),
    "EditTask": ("model.decision", "EditTask"),
    "Evaluation": ("engine.measure.evaluation", "Evaluation"),
    "IdempotencyError": ("errors", "IdempotencyError"),
    "InputError": ("errors", "InputError"),
    "Issue": ("model.project", "Issue"),
    "Language": ("diagnostics", "Language"),
    "Library": ("model.library", "Library"),
    "Loaded": ("definition.workspace", "Loaded"),
    "Money": ("expr.values", "Money"),
    "Months": ("expr.values", "Months"),
    "Offer": ("engine.views.offers", "Offer"),
    "Open": ("model.decision", "Open"),
    "Parties": ("engine.views.worklist", "Parties"),
    "PinnedDefinitionError": ("errors", "PinnedDefinitionError"),
    "Priority": ("model.priority", "Priority"),
    "Project": ("model.project", "Project"),
    "RaiseIssue": ("model.risk_requests", "RaiseIssue"),
    "Reason": ("model.decision", "Reason"),
    "Rejected": ("model.decision", "Rejected"),
    "Remedy": ("engine.remedies.remedy", "Remedy"),
    "Request": ("model.decision", "Request"),
    "ResolveIssue": ("model.risk_requests", "ResolveIssue"),
    "RespondToRisk": ("model.risk_requests", "RespondToRisk"),
    "ReviewRisk": ("model.risk_requests", "ReviewRisk"),
    "Risk": ("model.project", "Risk"),
    "RiskOccurred": ("model.risk_requests", "RiskOccurred"),
    "Runner": ("engine.running.runner", "Runner"),
    "SalesPMFlowError": ("errors", "SalesPMFlowError"),
    "Section": ("engine.views.worklist", "Section"),
    "SetFields": ("model.decision", "SetFields"),
    "Snapshot": ("model.project", "Snapshot"),
    "Span": ("diagnostics", "Span"),
    "Store": ("engine.ports", "Store"),
    "StoreError": ("errors", "StoreError"),
    "Strategy": ("model.rules", "Strategy"),
    "SystemClock": ("engine.system_clock", "SystemClock"),
    "Task": ("model.project", "Task"),
    "TickItems": ("model.decision", "TickItems"),
    "Ticked": ("engine.running.ticking", "Ticked"),
    "UnblockTask": ("model.decision", "UnblockTask"),
    "UnknownNameError": ("errors", "UnknownNameError"),
    "Value": ("expr.values", "Value"),
    "Verdict": ("model.project", "Verdict"),
    "WorkItem": ("engine.views.worklist", "WorkItem"),
    "Workflow": ("model.workflow", "Workflow"),
    "WorkingDays": ("expr.values", "WorkingDays"),
    "approvals_to_decide": ("engine.views.offers", "approvals_to_decide"),
    "decide": ("engine.decide", "decide"),
    "evaluate": ("engine.measure.evaluation", "evaluate"),
    "find_workspace": ("definition.workspace", "find_workspace"),
    "load_workspace": ("definition.workspace", "load"),
    "offers": ("engine.views.offers", "offers"),
    "open_store": ("store", "open_store"),
    "parties_of": ("engine.views.worklist", "parties_of"),
    "remedy": ("engine.remedies.remedy", "remedy"),
    "tick": ("engine.running.ticking", "tick"),
    "worklist": ("engine.views.worklist", "worklist"),
}
__all__ = ["__version__", *_PLACES]  # noqa: PLE0604 -- the names of the table above, each once


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- the stub imports above give each name its own type
    place = _PLACES.get(name)
    if place is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{place[0]}"), place[1])


def __dir__() -> list[str]:
    return sorted(__all__)
