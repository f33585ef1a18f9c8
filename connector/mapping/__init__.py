"""PURE: profile to compiled mapper, both directions; checks against a describe.

`load_mapping(text, file)` reads a file, `merge` unites several, `compile_mapping` fits them to an org.
"""

from connector.mapping.compile import compile_mapping, needed_children, needed_objects
from connector.mapping.compiled import BadValue, CompiledMapping, Source, Target
from connector.mapping.file import based_on, load_mapping, mapping_schema
from connector.mapping.login import check_login, tiers
from connector.mapping.merge import completed, merge, placeless
from connector.mapping.model import PersonEdits, ProfileMapping

__all__ = [
    "BadValue",
    "CompiledMapping",
    "PersonEdits",
    "ProfileMapping",
    "Source",
    "Target",
    "based_on",
    "check_login",
    "compile_mapping",
    "completed",
    "load_mapping",
    "mapping_schema",
    "merge",
    "needed_children",
    "needed_objects",
    "placeless",
    "tiers",
]
