"""Outreach: the client's strategy, the messages that are due, their texts, and where they are put."""
