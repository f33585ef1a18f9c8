"""What holds for every test: none fails for being slow. Speed is measured in `tests/benchmarks`, as ratios."""

from hypothesis import settings

settings.register_profile("connector", deadline=None)
settings.load_profile("connector")
