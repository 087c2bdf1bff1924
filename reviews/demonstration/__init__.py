"""The demonstration: real questions and references, invented people, every step made by the verbs."""
