"""`describe`: the handbook of a workflow, or a decision table, as Markdown."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, shared_options
from salespm_flow.diagnostics import Bilingual


def run(session: Session, workflow: str) -> int:
    """The text of the handbook or the table is on standard output."""
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.draw.contrast.sides import Side
    from salespm_flow.draw.handbook import handbook
    from salespm_flow.draw.tables import table_page
    from salespm_flow.draw.titles import titles_of
    from salespm_flow.model.library import organisation_of
    from salespm_flow.model.tables import called_tables, tables_behind

    library = session.library
    table = library.decision_tables.get(workflow)
    if table is not None and workflow not in library.workflows:
        version, kind, text = table.version, "decision_table", table_page(table, session.language)
    else:
        found = find_workflow(session, workflow)
        models = tuple(library.risk_models[name] for name in found.uses.risks if name in library.risk_models)
        called = [name for one in models for name in called_tables(one, one.source)]
        called += called_tables(found, found.source)
        tables = tables_behind(tuple(called), library.decision_tables)
        company = organisation_of(found, library)
        goals = tuple(library.goal_sets[name] for name in found.uses.goals if name in library.goal_sets)
        side = Side(workflow=found, library=library, language=session.language)
        text = handbook(
            found,
            models,
            session.language,
            tables,
            goals=goals,
            organisation=company,
            titles=titles_of(library),
            cards=side.cards(),
            kpis=side.kpis(),
        )
        version, kind = found.version, "workflow"
    if session.is_json:
        write_json({"status": "ok", kind: workflow, "version": version, "markdown": text})
    else:
        write_text(text)
    return 0


COMMAND: Final = BilingualCommand(
    "describe",
    Bilingual(
        "用 Markdown 输出流程手册，给业务人员看：目标、阶段、条件、角色、风险、考核指标、决策表、计时。也可写决策表。",
        "Prints the handbook of a workflow for the people who work by it: goals, stages, criteria, roles, risks, "
        "indicators, decision tables and timers, as Markdown; of a decision table the table alone.",
    ),
    (argument("workflow", Bilingual("流程或决策表", "The workflow, or a decision table")), *shared_options()),
    run,
)
