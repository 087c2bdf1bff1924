"""Commands of the backup."""
