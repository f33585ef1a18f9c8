"""Stories told in YAML: played in memory or through a practice org, and compared with what they expect."""
