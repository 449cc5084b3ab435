"""The pages. Each is a script that the app runs from the top at every look, after client and day are chosen."""
