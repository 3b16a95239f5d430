"""The pages: server-rendered, with htmx on top."""
