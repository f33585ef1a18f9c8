"""SOAP beyond the login: what older clients still ask of the partner and metadata API."""
