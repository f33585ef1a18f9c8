"""Channel Connector: a referee with a ledger for the Salesforce partner channel."""

__version__ = "0.1.0"
