"""`citaatwacht bench`: what the program costs and finds on this machine."""
