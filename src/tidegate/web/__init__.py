"""The pages: server-rendered, with htmx on top. Each subject is a package; what several of them share stands here."""
