"""No models: the application brings an engine, two roles and `migrate`."""
