"""Each rule wrong in one place at a time: does a story or a test notice? (`python -m tests.mutants`)

The mutations are those of mutmut. Its own runner passes over decorated functions, and each of our rules is one
(`@rule(…)`), so the mutants are made from its operators here and tried in forked processes.
"""
