"""Where projects are kept: one opener per kind of store, chosen by the URL's scheme. Knows no rules of the domain."""

import re
from collections.abc import Mapping
from typing import Protocol

from salespm_flow.engine.ports import Store
from salespm_flow.store.faults import unknown_scheme


class Opener(Protocol):
    """Opens the store at a place; makes it there if `create` allows."""

    def __call__(self, place: str, *, create: bool, wait_seconds: float) -> Store:
        """The store; raises StoreError with the code of what is wrong."""
        ...


def _open_sqlite(place: str, *, create: bool, wait_seconds: float) -> Store:
    from salespm_flow.store.sqlite import open_sqlite  # noqa: PLC0415  # a store is loaded when it is asked for

    return open_sqlite(place, create=create, wait_seconds=wait_seconds)


STORES: Mapping[str, Opener] = {"sqlite": _open_sqlite}

_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+)://(?P<place>.*)", re.DOTALL)


def open_store(url_or_path: str, *, create: bool = False, wait_seconds: float = 10.0) -> Store:
    """The store at a URL such as `sqlite:///data/projects.db`, or in the SQLite file of a plain path.

    With `create`, a store is made where none is; one that is there is opened as it is. `wait_seconds` bounds the wait
    for another writer.

    Raises:
        StoreError: with the code of what is wrong; what was there is untouched.
    """
    url = _URL.fullmatch(url_or_path)
    if url is None:
        return STORES["sqlite"](url_or_path, create=create, wait_seconds=wait_seconds)
    opener = STORES.get(url["scheme"])
    if opener is None:
        raise unknown_scheme(url["scheme"], ", ".join(STORES))
    return opener(url["place"], create=create, wait_seconds=wait_seconds)
