"""Which orgs a database holds, without touching any of them."""

from sqlalchemy import inspect, select

from connector.canonical.ids import OrgId
from connector.store.schema import ORG
from connector.store.sql import absent, engine_of


def organizations(url: str) -> tuple[OrgId, ...]:
    """The organisation ids in the database at `url`; none for one without a schema, or that is not there.

    Raises:
        BadStoreUrl: the address is no usable one.
    """
    if absent(url):
        return ()
    engine = engine_of(url)
    try:
        # reading only: a desk never waits for a daemon that is writing
        with engine.execution_options(connector_reading=True).connect() as connection:
            if not inspect(connection).has_table(ORG.name):
                return ()
            found = connection.execute(select(ORG.c.organization).order_by(ORG.c.org)).scalars()
            return tuple(OrgId(each) for each in found)
    finally:
        engine.dispose()
