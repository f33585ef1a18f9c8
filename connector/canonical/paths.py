"""The dotted names of a canonical record's attributes, as profiles write them (`customer.name`)."""

from functools import lru_cache

from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.records import Record


@lru_cache(maxsize=64)
def paths_of(model: type[Record]) -> tuple[str, ...]:
    """Every attribute that a profile may read; those of `Record` itself are the connector's own."""
    own: list[str] = []
    for name, field in model.model_fields.items():
        if name in Record.model_fields:
            continue
        if (
            isinstance(field.annotation, type)
            and issubclass(field.annotation, Model)
            and field.annotation is not Money
        ):
            own += [f"{name}.{inner}" for inner in _names(field.annotation)]
        else:
            own.append(name)
    return tuple(own)


def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(model.model_fields)
