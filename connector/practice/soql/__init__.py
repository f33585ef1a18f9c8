"""SOQL: text to syntax tree to SQL over the practice org's own tables, with errors worded as the real ones."""
