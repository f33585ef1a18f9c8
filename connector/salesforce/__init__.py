"""The org: login, query, bulk, writes, describe, limits, errors."""

from connector.salesforce.org import SalesforceOrg, connect
from connector.salesforce.settings import OrgSettings

__all__ = ["OrgSettings", "SalesforceOrg", "connect"]
