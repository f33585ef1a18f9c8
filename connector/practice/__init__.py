"""The practice org: a server that answers as Salesforce does. Imports no other room."""
