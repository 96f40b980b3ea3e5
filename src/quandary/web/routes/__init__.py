"""The routes: tasks, jobs, files."""
