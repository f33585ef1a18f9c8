"""The base of every canonical model: frozen, keyword-only, closed."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A value: equal by content, changed only by copy (`model_copy(update=…)`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)
