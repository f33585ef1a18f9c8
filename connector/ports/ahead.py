"""Work done ahead of its reader, in a thread of its own: reading, parsing and storing a snapshot overlap."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def read_ahead(items: Iterator[T], depth: int = 2) -> Iterator[T]:
    """The same items, made in a thread of their own while the ones before are worked on.

    `items` must hold no None, and must not be used elsewhere; it is left alone once this ends.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
    try:
        waiting = deque(pool.submit(next, items, None) for _ in range(depth))
        while (item := waiting.popleft().result()) is not None:
            waiting.append(pool.submit(next, items, None))
            yield item
    finally:
        pool.shutdown(cancel_futures=True)
