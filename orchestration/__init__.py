"""Dagster: which assets there are, when they run, and the command line over the same functions."""
