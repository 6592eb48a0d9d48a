"""Tools around a project: what another system exports comes in by a mapping, by the same guarded way, once only."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from salespm_flow.interop.table_import import run_import
from tests.acceptance.kpi_world import SHANGHAI
from tests.acceptance.mission.world import World

DOCUMENTS = ("crm_deals", "crm_import", "crm_products", "crm_accounts", "cn_office")
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
ROWS = """\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Mara Lind,Alpha Plus,Northwind Tools,Won,2017-03-06,2017-04-20,1190
B2,Jo Tann,Beta Suite,Harbour Clinics,Engaging,2017-05-02,,
"""


def imported(world: World) -> None:
    """The export of a CRM becomes projects through the programming interface; a second time nothing doubles."""
    with world.desk(AT) as desk, tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "deals.csv"
        place.write_text(ROWS, encoding="utf-8")
        mapping = world.library.mappings["crm_import"]
        first = run_import(desk.runner, mapping, place, at=AT)
        assert (first.created, first.refused, first.unresolved) == (2, 0, ())
        again = run_import(desk.runner, mapping, place, at=AT)
        assert (again.created, again.unchanged) == (0, 2)
        projects = tuple(desk.store.projects())
        days = [one.outcome_at and one.outcome_at.astimezone(SHANGHAI).date() for one in projects]
        found = [(one.state, one.owner, day) for one, day in zip(projects, days, strict=True)]
        assert sorted(found, key=lambda one: one[0]) == [
            ("engaging", "Jo Tann", None),
            ("won", "Mara Lind", date(2017, 4, 20)),
        ]
        won = next(one for one in projects if one.state == "won")
        assert {"product": "Alpha Plus", "account": "Northwind Tools"}.items() <= won.fields.items()
