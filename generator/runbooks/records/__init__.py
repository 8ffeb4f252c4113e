"""Client records: the model, and how files become it."""
