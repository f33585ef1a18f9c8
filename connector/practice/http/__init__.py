"""The practice org's HTTP face: routes, errors, login check and API counting, as Salesforce answers them."""
