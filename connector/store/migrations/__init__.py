"""Schema revisions, run by `connector.store.upgrade`; expand first, contract a release later."""
