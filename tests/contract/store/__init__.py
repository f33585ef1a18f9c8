"""One suite for every implementation of `ports.store.Store`."""
