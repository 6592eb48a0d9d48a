"""Every code that a person can meet, in one place: its titles and how bad its findings are by default.

To add a code: put its title into the table of its block (`definition/codes` for texts and shapes, `expr/codes` for
expressions, `definition/document_codes` for documents, `lint/analysis_codes` for what analyses find, `LINT_CODES` here
for suppressions, `lint/error_codes` for errors of a call); where its findings are no errors, say so in `SEVERITIES`;
and write its page, `docs/reference/codes/<code>.md`, which tests hold to its two examples (an error's has none). A new
block is a line in `BLOCKS`.

Knows neither findings nor files.
"""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.definition.codes import CODES
from salespm_flow.definition.document_codes import DOCUMENT_CODES
from salespm_flow.definition.table_codes import TABLE_CODES
from salespm_flow.diagnostics import Bilingual, Severity
from salespm_flow.expr.codes import EXPRESSION_CODES
from salespm_flow.lint.analysis_codes import ANALYSIS_CODES, ANALYSIS_SEVERITIES
from salespm_flow.lint.error_codes import ERROR_CODES
from salespm_flow.nouns import dataclass

LINT_CODES: Mapping[str, Bilingual] = MappingProxyType(
    {
        # Suppressions, baseline, settings
        "SF601": Bilingual("没有用上的忽略注释", "a suppression that suppresses nothing"),
        "SF602": Bilingual("过期的忽略注释", "a suppression that has expired"),
        "SF603": Bilingual("没有理由的忽略注释", "a suppression without a reason"),
        "SF604": Bilingual("读不懂的忽略注释", "a suppression that cannot be read"),
        "SF605": Bilingual("基线里过时的条目", "a baseline entry that nothing matches any more"),
        "SF606": Bilingual("设置里没有这个编号", "settings for a code that does not exist"),
        **ANALYSIS_CODES,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Codes that begin alike. Those of errors are no findings: they have no severity, no example and no suppression."""

    prefix: str
    title: Bilingual
    codes: Mapping[str, Bilingual]
    are_findings: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code; `severity` is how bad its findings are unless a workspace says otherwise, None for an error's."""

    code: str
    title: Bilingual
    severity: Severity | None


BLOCKS: tuple[Block, ...] = (
    Block(prefix="SF1", title=Bilingual("文件的文本和形状", "the text and the shape of a file"), codes=CODES),
    Block(prefix="SF2", title=Bilingual("表达式", "expressions"), codes=EXPRESSION_CODES),
    Block(prefix="SF3", title=Bilingual("文档的内容", "what documents say"), codes=DOCUMENT_CODES),
    Block(prefix="SF4", title=Bilingual("决策表", "decision tables"), codes=TABLE_CODES),
    Block(prefix="SF5", title=Bilingual("请求的错误", "errors of a call"), codes=ERROR_CODES, are_findings=False),
    Block(prefix="SF6", title=Bilingual("分析与忽略", "analyses and suppressions"), codes=LINT_CODES),
)

# What a definition can run with; everything else stops it.
SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {
        "SF106": Severity.WARNING,
        "SF210": Severity.WARNING,
        "SF358": Severity.WARNING,
        "SF318": Severity.WARNING,
        "SF361": Severity.WARNING,
        "SF376": Severity.WARNING,
        "SF378": Severity.WARNING,
        "SF379": Severity.WARNING,
        "SF410": Severity.WARNING,
        "SF411": Severity.WARNING,
        "SF412": Severity.WARNING,
        "SF413": Severity.WARNING,
        "SF414": Severity.WARNING,
        "SF415": Severity.WARNING,
        "SF601": Severity.WARNING,
        "SF602": Severity.WARNING,
        "SF603": Severity.WARNING,
        "SF604": Severity.WARNING,
        "SF605": Severity.WARNING,
        "SF606": Severity.WARNING,
        **ANALYSIS_SEVERITIES,
    }
)

EVERY_CODE: Mapping[str, Code] = MappingProxyType(
    {
        code: Code(
            code=code, title=title, severity=SEVERITIES.get(code, Severity.ERROR) if block.are_findings else None
        )
        for block in BLOCKS
        for code, title in block.codes.items()
    }
)


def is_finding(code: str) -> bool:
    """Whether the code is one of a finding, which settings and suppressions may name."""
    known = EVERY_CODE.get(code)
    return known is not None and known.severity is not None


def severity_of(code: str) -> Severity:
    """How bad findings of the code are unless a workspace says otherwise."""
    return SEVERITIES.get(code, Severity.ERROR)
