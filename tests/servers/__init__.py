"""Real servers for tests: started on loopback in a folder of their own, ended by process id."""
