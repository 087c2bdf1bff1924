"""What the board, and readers of the board, see."""
