"""The reports on one project: as it stands, and as it ended with what was learned."""

from collections.abc import Iterator

from salespm_flow.model.project import Project
from salespm_flow.report.management.indicators import project_indicators
from salespm_flow.report.management.page import Cell, Facts, Page, Section
from salespm_flow.report.management.progress import progress_section
from salespm_flow.report.management.project_record import fields_section, history_section, record_sections
from salespm_flow.report.management.project_result import foreseen_sections, result_section
from salespm_flow.report.management.project_time import times_section
from salespm_flow.report.management.project_told import ToldProject
from salespm_flow.report.management.project_work import risk_sections, work_sections
from salespm_flow.report.management.sheet import Inquiry
from salespm_flow.report.values import NOTHING


def project_page(inquiry: Inquiry, project: Project, *, is_closing: bool = False) -> Page:
    """The page of the project as given; its history is read up to its revision."""
    told = ToldProject(inquiry, project)
    sheet, version = told.sheet, project.pin.version
    title = sheet.text(f"结项报告：{project.id}", f"Closing report: {project.id}") if is_closing else project.id
    subtitle = sheet.text(
        f"{sheet.of(told.workflow.title)}，第 {version} 版；截至 {sheet.as_of}",
        f"{sheet.of(told.workflow.title)}, version {version}; as of {sheet.as_of}",
    )
    return sheet.page(title, subtitle, _closing(told) if is_closing else _standing(told))


def _standing(told: ToldProject) -> Iterator[Section]:
    """As it stands."""
    yield _overview(told)
    yield times_section(told)
    yield progress_section(told.sheet, told.project, told.compiled, told.note)
    yield from work_sections(told)
    yield fields_section(told)
    yield from risk_sections(told)
    yield from record_sections(told)
    yield history_section(told)


def _closing(told: ToldProject) -> Iterator[Section]:
    """As it ended: what came of it, how long it took, what went otherwise, what was learned."""
    yield result_section(told)
    goals = project_indicators(told.sheet.inquiry, told.sheet, told.project)
    if goals is not None:
        yield goals
    yield times_section(told)
    yield fields_section(told)
    yield from record_sections(told)
    yield from foreseen_sections(told)


def _overview(told: ToldProject) -> Section:
    sheet, project = told.sheet, told.project
    text = sheet.text
    facts = (
        (text("状态", "State"), Cell(told.states)),
        (text("负责人", "Owner"), Cell(project.owner or NOTHING)),
        (text("开始", "Opened"), Cell(sheet.day(project.opened_at), told.note)),
        (text("历时", "Age"), Cell(sheet.days(told.length), told.note)),
        (text("结果", "Outcome"), Cell(told.outcome)),
        (text("上级项目", "Parent"), Cell(project.parent.project if project.parent else NOTHING)),
    )
    return Section(id="overview", title=text("概览", "Overview"), blocks=(Facts(facts),), is_wide=False)
