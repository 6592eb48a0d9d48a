"""A store of each kind: what its suites run over."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from salespm_flow.engine.ports import Store
from salespm_flow.store import STORES, open_store
from tests.contract.tales import PIN, SOURCES


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store of the kind can be made."""
    places = {"sqlite": f"sqlite://{tmp_path / 'projects.db'}"}
    return places[request.param]


@pytest.fixture
def reopened(url: str) -> Iterator[Callable[[], Store]]:
    """One more connection to the store at each call."""
    stores: list[Store] = []

    def another() -> Store:
        stores.append(open_store(url, wait_seconds=60))
        return stores[-1]

    yield another
    for store in stores:
        store.close()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A new store that holds the definitions of the tales."""
    store = open_store(url, create=True, wait_seconds=60)
    store.keep_definitions(PIN, SOURCES)
    yield store
    store.close()
