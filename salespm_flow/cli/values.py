"""How values look to whoever sits at the terminal: as in reports, for a session is a reader."""

from salespm_flow.report.values import NO as NO  # noqa: PLC0414 -- the names that commands use
from salespm_flow.report.values import NOTHING as NOTHING  # noqa: PLC0414 -- as above
from salespm_flow.report.values import YES as YES  # noqa: PLC0414 -- as above
from salespm_flow.report.values import figure as figure  # noqa: PLC0414 -- as above
from salespm_flow.report.values import moment as moment  # noqa: PLC0414 -- as above
from salespm_flow.report.values import number as number  # noqa: PLC0414 -- as above
from salespm_flow.report.values import party as party  # noqa: PLC0414 -- as above
from salespm_flow.report.values import percent as percent  # noqa: PLC0414 -- as above
from salespm_flow.report.values import shown as shown  # noqa: PLC0414 -- as above
