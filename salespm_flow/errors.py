"""The few exceptions meant to be caught; each is a bilingual message with a permanent code and its facts."""

from salespm_flow.diagnostics import Bilingual, Diagnostic


class SalesPMFlowError(Exception):
    """A call cannot proceed; `code` is permanent and documented, `message` says what, where and what is accepted."""

    code = "SF500"

    def __init__(self, message: Bilingual, hint: Bilingual | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.hint = hint


class DefinitionError(SalesPMFlowError):
    """Definition files have errors; `diagnostics` holds every one of them."""

    code = "SF501"

    def __init__(self, message: Bilingual, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


class UnknownNameError(SalesPMFlowError):
    """A workflow, project, transition, field, record, task or file of that name does not exist."""

    code = "SF502"


class InputError(SalesPMFlowError):
    """A value given by the caller cannot be read as the type it is declared with."""

    code = "SF503"


class IdempotencyError(SalesPMFlowError):
    """The same idempotency key was used before for another request."""

    code = "SF504"


class ConflictError(SalesPMFlowError):
    """Another writer kept changing the same project until the retries were used up."""

    code = "SF505"


class PinnedDefinitionError(SalesPMFlowError):
    """The definition texts that a project is pinned to cannot be loaded or were changed without a new version."""

    code = "SF506"


class LiveDefinitionError(SalesPMFlowError):
    """A calendar or reference that a running project stands on cannot be loaded now; nothing was written."""

    code = "SF507"


class MissingExtraError(SalesPMFlowError):
    """What was asked for needs a library that is not installed; `extra` names the extra that brings it."""

    code = "SF508"

    def __init__(self, message: Bilingual, extra: str) -> None:
        install = f'pip install "salespm-flow[{extra}]"'
        super().__init__(message, Bilingual(f"安装附加组件：{install}", f"install it: {install}"))
        self.extra = extra


class StoreError(SalesPMFlowError):
    """The store is missing, locked, read-only, full, damaged or from a newer version; nothing was written."""

    code = "SF510"


class ImportFileError(SalesPMFlowError):
    """A file of rows lacks columns, is wrongly encoded or cannot be read as a table; nothing was imported."""

    code = "SF520"


class ExportError(SalesPMFlowError):
    """A file cannot be written: it exists, its folder takes none, or its format cannot hold what is to be written."""

    code = "SF521"


class ModelFileError(ImportFileError):
    """A model to import is no XML of its kind, declares a document type, or goes beyond the limits."""

    code = "SF523"


class DiagramError(SalesPMFlowError):
    """A state diagram cannot be laid out, or the machine lacks a font for the characters in it."""

    code = "SF524"


class CalendarError(SalesPMFlowError):
    """A calendar cannot answer: unknown country, no working time at all, badly ordered hours or too long a span."""

    code = "SF530"
