"""The life of an upload, one module per verb."""
