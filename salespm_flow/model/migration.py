"""A migration as it is written: what of an older version of a workflow becomes what of a newer one. Knows no project.

States and fields stay names and new values stay texts: the older version stands in the store alone, and only the newer
one knows the types.
"""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.model.expression import Expression
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A way out of an older state: `to` is a newer state, None where its projects stay; without `when`, always."""

    to: str | None
    span: Span
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCourse:
    """What becomes of an older field: `to` is a newer one, None where it is removed and kept in the history alone.

    `values` renames ids of an enum, `value` works the newer value out from the project as the older version sees it.
    """

    field: str
    to: str | None
    span: Span
    values: Mapping[str, str]
    value: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """The value of a newer field that has none: a literal as it is written, or an expression over the older project."""

    field: str
    value: str | Expression
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """How projects of `workflow` come from one version to another; what is not named keeps its name.

    `states` holds the branches of older states in order, by name or path: the first that holds counts. `transitions`
    and `timers` are renamed, older to newer: requests for approval and running timers follow them.
    """

    id: str
    version: int
    title: Bilingual
    source: Source
    workflow: str
    from_version: int
    to_version: int
    states: Mapping[str, tuple[Branch, ...]]
    fields: Mapping[str, FieldCourse]
    transitions: Mapping[str, str]
    timers: Mapping[str, str]
    defaults: Mapping[str, Filling]
    span: Span
