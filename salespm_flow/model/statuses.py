"""Where tasks, approvals and risks of a project can stand: closed lists, apart from the nouns that have them."""

from enum import StrEnum


class ApprovalStatus(StrEnum):
    """Where an approval request stands: an approved one is used once its move is made."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    VOID = "void"
    USED = "used"


class RiskStatus(StrEnum):
    """Where a risk stands; one that occurred is an issue until it is resolved."""

    OPEN = "open"
    OCCURRED = "occurred"
    CLOSED = "closed"


class TaskStatus(StrEnum):
    """Where a task stands; a blocked one is still to be done."""

    OPEN = "open"
    BLOCKED = "blocked"
    DONE = "done"
    VOID = "void"
