"""Putting messages where they can be looked at, or, one day, sent from."""
