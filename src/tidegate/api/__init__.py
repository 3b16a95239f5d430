"""The way in for machines: a versioned HTTP API with an OpenAPI description. Thin: the verbs live in `uploads`."""
