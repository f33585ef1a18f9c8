"""PURE: decide(fact, world, policy) and the rules that it folds."""
