"""Mail in: everything is kept raw first; answers go into their request, all else waits in a list for agents."""
