"""Who works on the batches of a job: this thread, threads, forked processes, started ones."""
