"""Reading by an endpoint, on request."""
