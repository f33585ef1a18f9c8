"""A staged sales process (R2): the rules of its stages, and the life of a deal that folds them."""
