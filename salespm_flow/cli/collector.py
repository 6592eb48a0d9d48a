"""Keeps the collector of circular garbage out of the way of a command that goes through many projects."""

import gc
from typing import Final

# More than a batch of projects makes: what a batch made is gone by then, and there is next to nothing to walk.
_YOUNG: Final = 100_000


def spare_the_collector() -> None:
    """What is loaded is walked no more, and what is new but seldom; for a process that ends with its command."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
