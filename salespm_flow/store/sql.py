"""The statements of the SQLite store, by name. Knows no connection; every text is constant."""

# ruff: noqa: S608 -- only the names of columns and tables of this module are put into a text

_PROJECT = (
    "id, workflow, opened_at, parent, parent_link, parent_is_many, "
    "version, pin, closed_at, owner, revision, state, outcome, updated_at, outcome_at, body"
)
_ENTRY = "project, number, doing, name, actor, role, acting_for, at, recorded_at, comment, changes"
_CLOCK = "project, id, state, started_at, due_at, remaining, remaining_days, is_refused"
_OUTBOX = "id, project, kind, recipient, name, title, due_at, hops, comment"
# A set of ids is handed over as one JSON array: one statement for a page of any size.
_IN_PAGE = "IN (SELECT value FROM json_each(?))"

REVISION = "SELECT revision, head FROM projects WHERE id = ?"
REVISIONS = f"SELECT id, revision, head FROM projects WHERE id {_IN_PAGE}"
INSERT_PROJECT = f"INSERT INTO projects ({_PROJECT}, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
UPDATE_PROJECT = """UPDATE projects SET revision = ?, state = ?, outcome = ?, updated_at = ?, outcome_at = ?,
    body = ?, head = ? WHERE id = ? AND revision = ?"""
# Apart, since naming a column of an index writes the index anew, even where the value stays.
UPDATE_INDEXED = """UPDATE projects SET version = ?, pin = ?, closed_at = ?, owner = ?, revision = ?, state = ?,
    outcome = ?, updated_at = ?, outcome_at = ?, body = ?, head = ? WHERE id = ? AND revision = ?"""
PROJECTS = f"SELECT {_PROJECT} FROM projects WHERE id {_IN_PAGE} ORDER BY id"
CHILD_IDS = "SELECT id FROM projects WHERE parent = ? ORDER BY opened_at, number"
LIVE_CHILDREN = "SELECT id FROM projects WHERE parent = ? AND parent_link = ? AND closed_at IS NULL"
# Pages go on after the last id seen, so that no statement stays open between them.
IDS = """SELECT id FROM projects WHERE id > ?1 AND (?2 IS NULL OR (closed_at IS NULL) = ?2) ORDER BY id LIMIT ?3"""
IDS_OF_WORKFLOW = """SELECT id FROM projects WHERE workflow = ?4 AND id > ?1
    AND (?2 IS NULL OR (closed_at IS NULL) = ?2) ORDER BY id LIMIT ?3"""
IDS_FROM = "SELECT id FROM projects WHERE id > ? AND id >= ? AND id <= ? ORDER BY id LIMIT ?"

INSERT_ENTRY = f"INSERT INTO entries ({_ENTRY}, output, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ENTRIES_OF = f"SELECT {_ENTRY} FROM entries WHERE project = ? AND number > ? ORDER BY number LIMIT ?"
ENTRIES = f"SELECT {_ENTRY} FROM entries WHERE (project, number) > (?, ?) ORDER BY project, number LIMIT ?"

NEWEST_ENTRIES = f"""SELECT {", ".join(f"entries.{name}" for name in _ENTRY.split(", "))} FROM projects
    CROSS JOIN entries ON entries.project = projects.id AND entries.number = projects.revision
    WHERE projects.id {_IN_PAGE}"""

INSERT_RECORD = "INSERT INTO records (project, record, number, body) VALUES (?, ?, ?, ?)"
RECORDS = f"SELECT project, record, body FROM records WHERE project {_IN_PAGE} ORDER BY project, record, number"
UPSERT_TASK = """INSERT INTO tasks (project, id, body) VALUES (?, ?, ?)
    ON CONFLICT (project, id) DO UPDATE SET body = excluded.body"""
TASKS = f"SELECT project, id, body FROM tasks WHERE project {_IN_PAGE} ORDER BY number"
UPSERT_RISK = """INSERT INTO risks (project, id, body) VALUES (?, ?, ?)
    ON CONFLICT (project, id) DO UPDATE SET body = excluded.body"""
RISKS = f"SELECT project, id, body FROM risks WHERE project {_IN_PAGE} ORDER BY number"
UPSERT_APPROVAL = """INSERT INTO approvals (project, id, body) VALUES (?, ?, ?)
    ON CONFLICT (project, id) DO UPDATE SET body = excluded.body"""
APPROVALS = f"SELECT project, id, body FROM approvals WHERE project {_IN_PAGE} ORDER BY number"
UPSERT_CLOCK = f"""INSERT INTO clocks ({_CLOCK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (project, id) DO UPDATE SET state = excluded.state, started_at = excluded.started_at,
    due_at = excluded.due_at, remaining = excluded.remaining, remaining_days = excluded.remaining_days,
    is_refused = excluded.is_refused"""
DELETE_CLOCK = "DELETE FROM clocks WHERE project = ? AND id = ?"
CLOCKS = f"SELECT {_CLOCK} FROM clocks WHERE project {_IN_PAGE} ORDER BY number"
DUE = """SELECT project, id, due_at FROM clocks WHERE due_at IS NOT NULL AND is_refused = 0 AND due_at <= ?
    ORDER BY due_at, project, id LIMIT ?"""

REGISTERS = {"records": RECORDS, "tasks": TASKS, "risks": RISKS, "approvals": APPROVALS, "clocks": CLOCKS}
# A single project, which every advance reads, comes with its registers in one statement: one view of the tables without
# a transaction around it. Each row tells its table and its number there; the project's own, of no table, sorts first.
PROJECT = f"""SELECT '', number, {_PROJECT} FROM projects WHERE id = ?1
    UNION ALL SELECT 'records', number, project, record, body {", NULL" * 13} FROM records WHERE project = ?1
    UNION ALL SELECT 'tasks', number, project, id, body {", NULL" * 13} FROM tasks WHERE project = ?1
    UNION ALL SELECT 'risks', number, project, id, body {", NULL" * 13} FROM risks WHERE project = ?1
    UNION ALL SELECT 'approvals', number, project, id, body {", NULL" * 13} FROM approvals WHERE project = ?1
    UNION ALL SELECT 'clocks', number, {_CLOCK} {", NULL" * 8} FROM clocks WHERE project = ?1"""

# What concerns people, across all projects: each by an index, in pages that go on after the last row seen. The index is
# named, since without statistics the planner may prefer one that reads every task of a project.
NO_DATE = "~"  # later than any date
PARTY_TASKS = """SELECT due, tasks.project, tasks.id, owner, tasks.body
    FROM tasks INDEXED BY tasks_by_party JOIN projects ON projects.id = tasks.project
    WHERE party = ?1 AND is_open AND (due, tasks.project, tasks.id) > (?2, ?3, ?4)
    ORDER BY due, tasks.project, tasks.id LIMIT ?5"""
PARTY_RISKS = """SELECT due, risks.project, risks.id, projects.owner, risks.body
    FROM risks INDEXED BY risks_by_party JOIN projects ON projects.id = risks.project
    WHERE party = ?1 AND is_open AND (due, risks.project, risks.id) > (?2, ?3, ?4)
    ORDER BY due, risks.project, risks.id LIMIT ?5"""
PARTY_APPROVALS = """SELECT due, approvers.project, approval, owner, approvals.body
    FROM approvers JOIN projects ON projects.id = approvers.project
    JOIN approvals ON approvals.project = approvers.project AND approvals.id = approvers.approval
    WHERE party = ?1 AND (due, approvers.project, approval) > (?2, ?3, ?4)
    ORDER BY due, approvers.project, approval LIMIT ?5"""
OWNER_TASKS = """SELECT due, tasks.project, tasks.id, owner, tasks.body
    FROM projects INDEXED BY projects_by_owner JOIN tasks INDEXED BY tasks_open ON tasks.project = projects.id
    WHERE owner = ?1 AND closed_at IS NULL AND is_open AND due < ?2
    AND projects.id >= ?3 AND (projects.id, tasks.id) > (?3, ?4)
    ORDER BY projects.id, tasks.id LIMIT ?5"""
_STAY = "id, workflow, version, pin, json_extract(body, '$.leaves'), json_extract(body, '$.entered'), owner"
OWNER_PROJECTS = f"""SELECT {_STAY}
    FROM projects INDEXED BY projects_by_owner WHERE owner = ?1 AND closed_at IS NULL AND id > ?2
    AND (?4 IS NULL OR workflow IN (SELECT value FROM json_each(?4))) ORDER BY id LIMIT ?3"""
PLACED_PROJECTS = f"""SELECT {_STAY}
    FROM projects INDEXED BY projects_by_place WHERE owner IN (SELECT value FROM json_each(?1))
    AND state IN (SELECT value FROM json_each(?2)) AND closed_at IS NULL
    AND workflow IN (SELECT value FROM json_each(?3)) ORDER BY owner, id"""
LIMITS = f"SELECT {_CLOCK} FROM clocks WHERE project {_IN_PAGE} AND id GLOB 'sla.*' ORDER BY number"
DELETE_APPROVERS = "DELETE FROM approvers WHERE project = ? AND approval = ?"
INSERT_APPROVER = "INSERT INTO approvers (party, due, project, approval) VALUES (?, ?, ?, ?)"

INSERT_OUTBOX = f"INSERT INTO outbox ({_OUTBOX}, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
OUTBOX = f"SELECT {_OUTBOX} FROM outbox WHERE is_delivered = 0 AND due_at <= ? ORDER BY due_at, id LIMIT ?"
UNDELIVERED = "SELECT 1 FROM outbox WHERE id = ? AND is_delivered = 0"
DELIVER = "UPDATE outbox SET is_delivered = 1 WHERE id = ?"

INSERT_ANSWER = "INSERT INTO answers (project, key, fingerprint, result, entry, seal) VALUES (?, ?, ?, ?, ?, ?)"
ANSWER = "SELECT key, fingerprint, result FROM answers WHERE project = ? AND key = ?"

HAS_PIN = "SELECT 1 FROM pins WHERE digest = ?"
INSERT_PIN = "INSERT INTO pins (digest, workflow, version, seal) VALUES (?, ?, ?, ?)"
INSERT_DEFINITION = """INSERT INTO definitions (digest, kind, id, version, text, seal) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (digest) DO NOTHING"""
INSERT_MEMBER = "INSERT INTO pin_members (pin, position, definition, path) VALUES (?, ?, ?, ?)"
DEFINITIONS = """SELECT kind, id, version, path, text, digest FROM pin_members
    JOIN definitions ON definitions.digest = pin_members.definition WHERE pin = ? ORDER BY position"""
PINS = "SELECT version, digest FROM pins WHERE workflow = ? ORDER BY number"
DIGESTS = """SELECT digest FROM pins WHERE workflow = ? AND version = ?
    AND EXISTS (SELECT 1 FROM projects WHERE projects.pin = pins.digest) ORDER BY number"""

UPSERT_KPI = """INSERT INTO kpis (kpi, value, population, at, seal) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kpi)
    DO UPDATE SET value = excluded.value, population = excluded.population, at = excluded.at, seal = excluded.seal"""
KPI_SEALS = "SELECT kpi, seal FROM kpis ORDER BY kpi"
SEAL_KPIS = "UPDATE kpi_seal SET seal = ?"
KPIS = "SELECT kpi, value, population, at FROM kpis ORDER BY kpi"

# What `verify` reads: every column that a hash covers, and rows whose project is gone.
HASHED_ENTRIES = f"SELECT {_ENTRY}, output, hash FROM entries WHERE project = ? ORDER BY number"
OUTBOX_OF = f"SELECT entry, {_OUTBOX} FROM outbox WHERE project = ? ORDER BY id"
ANSWERS_OF = """SELECT entry, project, key, fingerprint, result FROM answers
    WHERE project = ? AND entry IS NOT NULL ORDER BY key"""
APPROVERS_OF = "SELECT party, due, approval FROM approvers WHERE project = ? ORDER BY party, due, approval"
SEALED_ANSWERS = "SELECT project, key, fingerprint, result, seal FROM answers WHERE entry IS NULL"
SEALED_KPIS = "SELECT kpi, value, population, at, seal FROM kpis ORDER BY kpi"
KPI_SEAL = "SELECT seal FROM kpi_seal"
SCHEMA = "SELECT name, type, sql FROM sqlite_master"
ALL_DEFINITIONS = "SELECT digest, kind, id, version, text, seal FROM definitions"
ALL_PINS = "SELECT digest, workflow, version, seal FROM pins"
MEMBERS = "SELECT definition, path FROM pin_members WHERE pin = ? ORDER BY position"
ORPHANS = " UNION ".join(
    f"SELECT project FROM {table} WHERE project NOT IN (SELECT id FROM projects)"
    for table in ("entries", "records", "tasks", "risks", "approvals", "approvers", "clocks", "outbox", "answers")
)
# Rows are numbered without gaps, in the order in which they came, and none of these tables ever loses one.
_RENUMBERED = {
    **{
        table: f"(SELECT min(number) <> 1 OR max(number) <> count(*) FROM {table})"
        for table in ("projects", "pins", "tasks", "risks", "approvals")
    },
    "pin_members": """EXISTS (SELECT 1 FROM pin_members GROUP BY pin
        HAVING min(position) <> 0 OR max(position) <> count(*) - 1)""",
    "records": """EXISTS (SELECT 1 FROM records GROUP BY project, record
        HAVING min(number) <> 1 OR max(number) <> count(*))""",
}
RENUMBERED = " UNION ALL ".join(f"SELECT '{table}' WHERE {wrong}" for table, wrong in _RENUMBERED.items())
BODIES = """SELECT 'projects', id, 0, body FROM projects WHERE id = ?1
    UNION ALL SELECT 'records', record, number, body FROM records WHERE project = ?1
    UNION ALL SELECT 'tasks', id, 0, body FROM tasks WHERE project = ?1
    UNION ALL SELECT 'risks', id, 0, body FROM risks WHERE project = ?1
    UNION ALL SELECT 'approvals', id, 0, body FROM approvals WHERE project = ?1"""
LINK = "SELECT parent, parent_link, parent_is_many FROM projects WHERE id = ?"
