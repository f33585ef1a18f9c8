"""Warehouses: who may hold how many leads, how a lead comes in and goes out, and what was wrong from the start (R4)."""
