"""Reads what every document begins with: language version, kind, id and version."""

from dataclasses import dataclass
from enum import StrEnum

from salespm_flow.definition.build.reader import UNREADABLE, Findings, is_identifier, normalise, report_identifier
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.suggest import did_you_mean
from salespm_flow.diagnostics import Bilingual

LANGUAGE_VERSION = 1


class DocumentKind(StrEnum):
    """The kinds of document that can be loaded."""

    WORKFLOW = "workflow"
    CALENDAR = "calendar"
    RISK_MODEL = "risk_model"
    KPI_SET = "kpi_set"
    SCORECARD = "scorecard"
    REFERENCE = "reference"
    MAPPING = "mapping"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who a document is."""

    kind: DocumentKind
    id: str
    version: int


def read_header(findings: Findings, root: MapNode) -> Header | None:
    """The header, None where it does not say what to build; then the finding says why."""
    _check_language(findings, root)
    kind = _read_kind(findings, root)
    if kind is None:
        return None
    if kind is DocumentKind.WORKSPACE:
        return Header(kind=kind, id="workspace", version=1)
    id_, version = _scalar(root, "id"), _scalar(root, "version")
    for key, node in (("id", id_), ("version", version)):
        if node is None:
            message = Bilingual(f"缺少键“{key}”", f'The key "{key}" is missing')
            findings.error(UNREADABLE, message, root.span)
    if id_ is None or version is None:
        return None
    if not is_identifier(id_.text):
        report_identifier(findings, id_)
    if not isinstance(version.value, int) or isinstance(version.value, bool) or version.value < 1:
        findings.unreadable(version, Bilingual("从 1 开始的整数", "a whole number from 1"))
        return None
    return Header(kind=kind, id=normalise(id_.text), version=version.value)


def _scalar(root: MapNode, key: str) -> ScalarNode | None:
    entry = root.entries.get(key)
    found = None if entry is None else entry.value
    return found if isinstance(found, ScalarNode) and found.text else None


def _check_language(findings: Findings, root: MapNode) -> None:
    node = _scalar(root, "salespm")
    if node is None:
        message = Bilingual("缺少首键“salespm: 1”：这不是定义文件", 'The key "salespm: 1" is missing: this is no definition')
        findings.error("SF391", message, root.span)
    elif node.value != LANGUAGE_VERSION or isinstance(node.value, bool):
        message = Bilingual(f"不支持语言版本 {node.text}", f"Language version {node.text} is not supported")
        findings.error("SF391", message, node.span, Bilingual("请写 salespm: 1", "write salespm: 1"))


def _read_kind(findings: Findings, root: MapNode) -> DocumentKind | None:
    node = _scalar(root, "kind")
    if node is None:
        message = Bilingual("缺少键“kind”：这是哪种文档？", 'The key "kind" is missing: what is this document?')
        listed = ", ".join(DocumentKind)
        findings.error("SF392", message, root.span, Bilingual(f"可用：{listed}", f"one of: {listed}"))
        return None
    try:
        return DocumentKind(node.text)
    except ValueError:
        listed = ", ".join(DocumentKind)
        hint = did_you_mean(node.text, DocumentKind) or Bilingual(f"可用：{listed}", f"one of: {listed}")
        message = Bilingual(f"未知的文档种类“{node.text}”", f'Unknown kind of document "{node.text}"')
        findings.error("SF392", message, node.span, hint)
        return None
