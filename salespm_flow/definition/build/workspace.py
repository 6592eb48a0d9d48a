"""Builds the settings of a workspace from `salespm.yaml`."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from salespm_flow.definition.build.fields import is_currency, report_currency
from salespm_flow.definition.build.reader import Findings, Reader, normalise, scalar_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode
from salespm_flow.diagnostics import Bilingual, Language, Severity
from salespm_flow.model.library import SeverityChoice, Workspace
from salespm_flow.model.rules import CATEGORIES

DEFAULT_CURRENCY = "CNY"
DEFAULT_ZONE = "UTC"
DEFAULT_STORE = "salespm.db"
DEFAULT_FOLDERS = ("workflows",)
_LEVELS: Mapping[str, Severity | None] = MappingProxyType({**{level.value: level for level in Severity}, "off": None})
SHIPPED_RATES = "exchange_rates"


def build_workspace(findings: Findings, root: MapNode, folder: str) -> Workspace:
    """The settings that the document writes, with the defaults where it says nothing."""
    reader = Reader(findings, root, "workspace")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    reader.title("title", "workspace")
    calendar = reader.scalar("calendar")
    if calendar is not None:
        findings.places["calendar"] = calendar
    rates = reader.scalar("rates")
    if rates is not None:
        findings.places["rates"] = rates
    organisation = reader.scalar("organisation")
    if organisation is not None:
        findings.places["organisation"] = organisation
    folders = reader.names("definitions")
    findings.places |= {f"definitions.{name.text}": name for name in folders}
    return Workspace(
        root=folder,
        language=reader.choice("language", Language),
        currency=_read_currency(reader),
        timezone=_read_zone(reader),
        calendar=None if calendar is None else calendar.text,
        organisation=None if organisation is None else normalise(organisation.text),
        store=reader.text("store") or DEFAULT_STORE,
        definitions=tuple(name.text for name in folders) or DEFAULT_FOLDERS,
        rates=None if rates is None else rates.text,
        severities=tuple(_read_severities(reader)),
        risk_categories=_read_categories(reader),
    )


def default_workspace(folder: str, definitions: tuple[str, ...]) -> Workspace:
    """The settings where there is no workspace file: the shipped table of rates is in force, if it is there."""
    return Workspace(
        root=folder,
        language=None,
        currency=DEFAULT_CURRENCY,
        timezone=DEFAULT_ZONE,
        calendar=None,
        store=DEFAULT_STORE,
        definitions=definitions,
        rates=SHIPPED_RATES,
    )


def _read_severities(reader: Reader) -> Iterator[SeverityChoice]:
    """Which codes count as what; whether a code exists is told by the room that knows them all."""
    for code, key, node in reader.pairs("lint"):
        level = scalar_of(reader.findings, node)
        if level is None:
            continue
        if level.text in _LEVELS:
            yield SeverityChoice(code=code, severity=_LEVELS[level.text], span=key.span)
        else:
            reader.findings.unreadable(level, Bilingual(" " + " | ".join(_LEVELS), " | ".join(_LEVELS)))


def _read_categories(reader: Reader) -> Mapping[str, Bilingual]:
    """The workspace's own risk categories; those of the language keep their meaning everywhere."""
    own: dict[str, Bilingual] = {}
    for name, key, node in reader.entries("risk_categories"):
        own[name] = reader.bilingual(node, name)
        if name in CATEGORIES:
            message = Bilingual(f"风险类别 {shown(name)} 本来就有", f"The risk category {shown(name)} is there already")
            reader.findings.error("SF309", message, key.span, Bilingual("请另取一个名称", "choose another name"))
    return own


def _read_currency(reader: Reader) -> str:
    currency = reader.scalar("currency")
    if currency is None:
        return DEFAULT_CURRENCY
    if not is_currency(currency.text):
        report_currency(reader.findings, currency)
        return DEFAULT_CURRENCY
    return currency.text


def _read_zone(reader: Reader) -> str:
    zone = reader.scalar("timezone")
    if zone is None:
        return DEFAULT_ZONE
    try:
        return ZoneInfo(zone.text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = Bilingual(f"未知的时区 {shown(zone.text)}", f"Unknown time zone {shown(zone.text)}")
        reader.findings.error("SF316", message, zone.span, Bilingual("例如 Asia/Shanghai", "such as Asia/Shanghai"))
        return DEFAULT_ZONE
