"""Running projects of one workflow whose second version comes later."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.running.runner import Runner
from salespm_flow.evolve.migrating import Job, Migrating, Tally
from salespm_flow.model.actor import Actor
from tests.unit.engine.conftest import World

HEAD = "salespm: 1\nkind: {kind}\nid: {id}\nversion: {version}\ntitle: {{zh: 测试, en: Test}}\n"
FIRST = """
domain: sales
fields:
  amount: {type: money, currency: CNY}
  size: {type: integer}
  why: {type: enum, values: {price: 价格, time: 时机}}
  note: {type: text}
initial: lead
states:
  lead: {sla: {warn: 5d, breach: 9d}}
  talk: {sla: {warn: 4d}}
  hold: {aside: true}
  work:
    regions:
      plan: {initial: red, states: {red: {}, green: {}}}
      sell: {initial: cold, states: {cold: {}, warm: {}}}
  won: {final: true, outcome: won}
transitions:
  start: {from: lead, to: talk}
  park: {from: talk, to: hold}
  split: {from: talk, to: work}
  plan: {from: red, to: green}
  close: {from: talk, to: won, approve: {board: {title: B, by: [director]}}}
timers:
  nag: {in: talk, every: 7d, do: {tell: {action: notify, title: T, who: owner}}}
"""
MAPPING = "workflow: deals\nfrom: 1\nto: 2\n"


class Fleet(World):
    """A world of one workflow whose second version comes later."""

    def upgrade(self, body: str, migration: str = "") -> Job:
        """The second version and the migration to it are in force."""
        flows = self.folder / "flows"
        (flows / "deals.yaml").write_text(HEAD.format(kind="workflow", id="deals", version=2) + body, "utf-8")
        head = HEAD.format(kind="migration", id="to_2", version=1)
        (flows / "to_2.yaml").write_text(head + MAPPING + migration, "utf-8")
        loaded = load(self.folder)
        assert [found.message.en for found in loaded.errors] == []
        self.runner = Runner(self.store, loaded.library, self.clock)
        return Job(
            migration=loaded.library.migrations["to_2"],
            target=self.runner.definitions.newest("deals"),
            actor=Actor(id="zhao"),
            comment="",
            now=self.clock.now(),
        )

    def migrate(self, job: Job) -> Tally:
        tally = Migrating(self.runner, job, is_dry=False).run()
        assert list(self.store.verify()) == []
        return tally

    def back(self, job: Job) -> Tally:
        pin = self.runner.definitions.pin_of("deals", 1)
        assert pin is not None
        target = self.runner.definitions.pinned(pin)
        whole = Job(
            migration=job.migration,
            target=target,
            actor=job.actor,
            comment="",
            now=self.clock.now(),
            is_back=True,
        )
        return self.migrate(whole)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path, {"workflow/deals": FIRST})
    yield made
    made.store.close()


@pytest.fixture
def fleet_of_guarded(tmp_path: Path) -> Iterator[Fleet]:
    """As `fleet`, where only larger projects may start."""
    guarded = FIRST.replace("start: {from: lead, to: talk}", "start: {from: lead, to: talk, when: amount > 100}")
    made = Fleet(tmp_path, {"workflow/deals": guarded})
    yield made
    made.store.close()
