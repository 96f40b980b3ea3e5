"""Tasks at work for requests: processes that can be stopped and ended, and what is known of each job."""
