"""One use case per module: capture, settle, dispatch, adopt, reconcile."""
