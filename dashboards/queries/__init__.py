"""What the pages ask of a snapshot. Answers are cached; client and version are part of every key."""
