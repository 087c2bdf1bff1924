"""Overviews: what stands at present, how long it takes, and who did how much. Queries alone; nothing is written."""
