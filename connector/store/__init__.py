"""Mirror, match index, docket, ledger, outbox, cursors on SQLite or PostgreSQL.

`open_store(url, org)` gives a `ports.store.Store`. How the parts fit:

- `sql` opens, fences and begins transactions; `schema` names the tables, `upgrade` and `migrations` make
  them;
- `mirror` with `arrival` (a batch on its way in), `history` (how one record moves), `shapes` (field lists),
  `links` (children by parent);
- `facts`, `docket`, `ledger`, `outbox`, `streams`, `matches`, one module per table group;
- `bulk` is the fast path by the raw driver, `rows` the ordinary one.
"""

from connector.canonical.chain import ERASED, START
from connector.store.arrival import BadBatch
from connector.store.links import UndeclaredLink
from connector.store.orgs import organizations
from connector.store.sql import BadStoreUrl, SqlStore, SqlTransaction, open_store
from connector.store.upgrade import SchemaMissing

__all__ = [
    "ERASED",
    "START",
    "BadBatch",
    "BadStoreUrl",
    "SchemaMissing",
    "SqlStore",
    "SqlTransaction",
    "UndeclaredLink",
    "open_store",
    "organizations",
]
