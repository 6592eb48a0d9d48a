"""The tables of a SQLite store and how an older store becomes a newer one. Knows no connection.

A migration, once released, is never edited: a change of the tables is one more migration at the end. The number of
migrations applied is the format version, kept in the file's `user_version`.
"""

from salespm_flow.store.chain import seal

# "SPMF": tells our files from other applications' SQLite files.
APPLICATION_ID = 0x53504D46

# A body that is no JSON is a finding of `verify`, not a failure of the index. No date sorts after every date.
_COMPUTED = """party TEXT AS (CASE WHEN json_valid(body) THEN json_extract(body, '$.{party}') END),
        is_open INTEGER AS (CASE WHEN json_valid(body) THEN json_extract(body, '$.status') IN ('open', 'blocked') END),
        due TEXT AS (CASE WHEN json_valid(body) THEN ifnull(json_extract(body, '$.due_at'), '~') END)"""

_TABLES = (
    """CREATE TABLE definitions (
        digest TEXT PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, text TEXT NOT NULL,
        seal BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE pins (
        number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, version INTEGER NOT NULL,
        seal BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX pins_by_version ON pins (workflow, version)",
    # The path belongs to the pin, not to the text: a file may move between two pins.
    """CREATE TABLE pin_members (
        pin TEXT NOT NULL REFERENCES pins (digest), position INTEGER NOT NULL,
        definition TEXT NOT NULL REFERENCES definitions (digest), path TEXT NOT NULL,
        PRIMARY KEY (pin, position)
    ) STRICT, WITHOUT ROWID""",
    # Deferred: one transaction may write a parent and its child in any order.
    """CREATE TABLE projects (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, version INTEGER NOT NULL,
        pin TEXT NOT NULL REFERENCES pins (digest), revision INTEGER NOT NULL, owner TEXT NOT NULL,
        state TEXT NOT NULL, outcome TEXT, opened_at TEXT NOT NULL, updated_at TEXT NOT NULL, outcome_at TEXT,
        closed_at TEXT, parent TEXT REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, parent_link TEXT,
        parent_is_many INTEGER NOT NULL, body TEXT NOT NULL, head BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX projects_by_workflow ON projects (workflow, id)",
    "CREATE INDEX projects_by_pin ON projects (pin)",
    "CREATE INDEX projects_by_owner ON projects (owner, id) WHERE closed_at IS NULL",
    "CREATE INDEX projects_by_parent ON projects (parent, opened_at) WHERE parent IS NOT NULL",
    """CREATE UNIQUE INDEX projects_only_child ON projects (parent, parent_link)
        WHERE parent IS NOT NULL AND parent_is_many = 0 AND closed_at IS NULL""",
    """CREATE TABLE entries (
        project TEXT NOT NULL REFERENCES projects (id), number INTEGER NOT NULL, doing TEXT NOT NULL,
        name TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL, acting_for TEXT NOT NULL, at TEXT NOT NULL,
        recorded_at TEXT NOT NULL, comment TEXT NOT NULL, changes TEXT NOT NULL, output TEXT NOT NULL,
        hash BLOB NOT NULL, PRIMARY KEY (project, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE records (
        project TEXT NOT NULL REFERENCES projects (id), record TEXT NOT NULL, number INTEGER NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (project, record, number)
    ) STRICT, WITHOUT ROWID""",
    # The row number keeps the order in which tasks, risks, approvals and clocks came.
    # What worklists ask for is computed from the body, so that it cannot disagree with it.
    f"""CREATE TABLE tasks (
        number INTEGER PRIMARY KEY, project TEXT NOT NULL REFERENCES projects (id), id TEXT NOT NULL,
        body TEXT NOT NULL, {_COMPUTED.format(party="who")}, UNIQUE (project, id)
    ) STRICT""",
    "CREATE INDEX tasks_by_party ON tasks (party, due, project, id) WHERE is_open",
    "CREATE INDEX tasks_open ON tasks (project, id, due) WHERE is_open",
    f"""CREATE TABLE risks (
        number INTEGER PRIMARY KEY, project TEXT NOT NULL REFERENCES projects (id), id TEXT NOT NULL,
        body TEXT NOT NULL, {_COMPUTED.format(party="owner")}, UNIQUE (project, id)
    ) STRICT""",
    "CREATE INDEX risks_by_party ON risks (party, due, project, id) WHERE is_open",
    """CREATE TABLE approvals (
        number INTEGER PRIMARY KEY, project TEXT NOT NULL REFERENCES projects (id), id TEXT NOT NULL,
        body TEXT NOT NULL, UNIQUE (project, id)
    ) STRICT""",
    # Whom each pending request waits for: a request may wait for several, which no index over its body could tell.
    """CREATE TABLE approvers (
        party TEXT NOT NULL, due TEXT NOT NULL, project TEXT NOT NULL, approval TEXT NOT NULL,
        PRIMARY KEY (party, due, project, approval)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX approvers_by_project ON approvers (project, approval)",
    """CREATE TABLE clocks (
        number INTEGER PRIMARY KEY, project TEXT NOT NULL REFERENCES projects (id), id TEXT NOT NULL,
        state TEXT NOT NULL, started_at TEXT NOT NULL, due_at TEXT, remaining INTEGER, remaining_days TEXT,
        is_refused INTEGER NOT NULL, UNIQUE (project, id)
    ) STRICT""",
    "CREATE INDEX clocks_due ON clocks (due_at, project, id) WHERE due_at IS NOT NULL AND is_refused = 0",
    """CREATE TABLE outbox (
        id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES projects (id), kind TEXT NOT NULL,
        recipient TEXT NOT NULL, name TEXT NOT NULL, title TEXT, due_at TEXT NOT NULL, hops INTEGER NOT NULL,
        comment TEXT NOT NULL, entry INTEGER NOT NULL,
        is_delivered INTEGER NOT NULL DEFAULT 0 CHECK (is_delivered IN (0, 1))
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX outbox_by_entry ON outbox (project, entry)",
    "CREATE INDEX outbox_due ON outbox (due_at, id) WHERE is_delivered = 0",
    # A write without entries has an answer that no entry's hash can cover: it has a seal of its own instead.
    """CREATE TABLE answers (
        project TEXT NOT NULL REFERENCES projects (id), key TEXT NOT NULL, fingerprint TEXT NOT NULL,
        result TEXT NOT NULL, entry INTEGER, seal BLOB, PRIMARY KEY (project, key),
        CHECK ((entry IS NULL) <> (seal IS NULL))
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE kpis (
        kpi TEXT PRIMARY KEY, value TEXT NOT NULL, population INTEGER NOT NULL, at TEXT NOT NULL, seal BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # One row, over the seals of all figures: without it a removed figure would not be missed.
    "CREATE TABLE kpi_seal (number INTEGER PRIMARY KEY CHECK (number = 1), seal BLOB NOT NULL) STRICT",
    f"INSERT INTO kpi_seal (number, seal) VALUES (1, x'{seal(()).hex()}')",  # noqa: S608  # our own constant
)

_APPEND_ONLY = tuple(
    f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
    for table in ("entries", "definitions", "pins", "pin_members")
    for deed in ("UPDATE", "DELETE")
)

# Who looks after a state looks for the projects of many owners that stand there, and for no other.
_PLACES = ("CREATE INDEX projects_by_place ON projects (owner, state) WHERE closed_at IS NULL",)

MIGRATIONS: tuple[tuple[str, ...], ...] = ((*_TABLES, *_APPEND_ONLY), _PLACES)
