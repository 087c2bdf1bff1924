"""The whole site as one file: made, brought back, and compared."""
