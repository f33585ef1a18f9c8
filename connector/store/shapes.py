"""Field lists, kept once: a record's body is an array of values in the order of its shape."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, func, insert, select

from connector.store.schema import SHAPE

_ENCODE = msgspec.json.Encoder()
_DECODE = msgspec.json.Decoder(list[str | None])
_FIELDS = msgspec.json.Decoder(tuple[str, ...])

Body = str


def encode(values: Sequence[str | None]) -> Body:
    """A JSON array; control characters and NUL are escaped in it, so both databases keep them."""
    return _ENCODE.encode(values).decode()


def encode_lines(columns: Sequence[Sequence[str | None]]) -> bytes:
    """The bodies of many rows, each ended by a line feed; JSON holds no raw one, so lines are records."""
    return _ENCODE.encode_lines(list(zip(*columns, strict=True)))


def encode_columns(columns: Sequence[Sequence[str | None]]) -> list[Body]:
    """The bodies of many rows in one call."""
    return encode_lines(columns).decode().split("\n")[:-1]


def decode(body: Body) -> list[str | None]:
    return _DECODE.decode(body)


class Shapes:
    """The shapes of one org within one transaction."""

    def __init__(self, connection: Connection, org: int) -> None:
        self._connection, self._org = connection, org
        self._fields: dict[int, tuple[str, ...]] = {}
        self._numbers: dict[tuple[str, tuple[str, ...]], int] = {}

    def fields(self, shape: int) -> tuple[str, ...]:
        if shape not in self._fields:
            self._read()
        return self._fields[shape]

    def known(self, object_name: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Every shape that records of this object have had."""
        self._read()
        return tuple(
            (number, fields) for (name, fields), number in self._numbers.items() if name == object_name
        )

    def number(self, object_name: str, fields: tuple[str, ...]) -> int:
        """The shape's number, given out at first sight."""
        key = (object_name, fields)
        if key not in self._numbers:
            self._read()
        if key not in self._numbers:
            top = select(func.coalesce(func.max(SHAPE.c.shape), 0)).where(SHAPE.c.org == self._org)
            number = self._connection.execute(top).scalar_one() + 1
            self._connection.execute(
                insert(SHAPE).values(
                    org=self._org, shape=number, object=object_name, fields=_ENCODE.encode(fields).decode()
                )
            )
            self._remember(number, object_name, fields)
        return self._numbers[key]

    def _read(self) -> None:
        query = select(SHAPE.c.shape, SHAPE.c.object, SHAPE.c.fields).where(SHAPE.c.org == self._org)
        for number, object_name, fields in self._connection.execute(query):
            self._remember(number, object_name, _FIELDS.decode(fields))

    def _remember(self, number: int, object_name: str, fields: tuple[str, ...]) -> None:
        self._fields[number] = fields
        self._numbers[object_name, fields] = number
