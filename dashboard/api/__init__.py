"""The REST API under `/api/v1`: the same services and roles as the pages, for programs."""
