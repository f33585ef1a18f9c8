from tests.contract.store.stores import another, org, postgres_url, store, url

__all__ = ["another", "org", "postgres_url", "store", "url"]
